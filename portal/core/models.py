"""Abstract models that several apps share, the long job, and which default rows are installed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.db.ids import uuid7


class PublicId(models.Model):
    """Adds the identifier that may appear in URLs, payloads and webhooks."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True


class LongJob(PublicId):
    """A batch job whose progress is shown to a user: it survives a page reload and the death of its
    worker.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    id: int
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    stage = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)  # what the steps need to know: ids, options
    done = models.PositiveIntegerField(default=0)  # also where the next batch begins
    total = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)  # the first 1,000: [row, sentence]
    started_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    url = models.CharField(max_length=300, blank=True)  # where the result is seen

    class Meta:
        indexes = [
            models.Index(
                fields=["heartbeat_at"], condition=Q(finished_at=None), name="long_jobs_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"

    @property
    def percent(self) -> int:
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class InstalledDefault(models.Model):
    """A default row that this database was given once: it is not given again when staff changed or
    deleted it.
    """

    code = models.CharField(max_length=120, unique=True)
    version = models.PositiveIntegerField()
    values = models.JSONField(default=dict)  # as declared: tells whether staff changed the row
    installed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

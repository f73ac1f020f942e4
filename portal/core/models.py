"""Abstract models that several apps share, business calendars, the batch job, and which default
rows are installed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.calendar.day_lines import parse_days
from portal.core.db.ids import uuid7
from portal.core.time import MINUTES_A_DAY, Calendar


class PublicId(models.Model):
    """Adds the identifier that may appear in URLs, payloads and webhooks."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True


class BusinessCalendar(models.Model):
    """When an office is open: the site's ("site"), or that of whoever else keeps hours of their
    own. Read through `portal.core.calendar.calendars`.
    """

    id: int
    name = models.CharField(max_length=40, unique=True)
    zone_name = models.CharField(_("Time zone"), max_length=60)
    country = models.CharField(_("Public holidays of"), max_length=2, blank=True)
    subdivision = models.CharField(_("Region"), max_length=10, blank=True)
    weekdays = models.CharField(_("Working days"), max_length=7)  # ISO: "12345" is Monday to Friday
    opens = models.PositiveSmallIntegerField(_("Opens"))  # minutes after midnight
    closes = models.PositiveSmallIntegerField(_("Closes"))
    closed_days = models.TextField(_("Also closed"), max_length=8_000, blank=True)
    open_days = models.TextField(_("Open all the same"), max_length=8_000, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=models.F("closes"), closes__lte=MINUTES_A_DAY),
                name="an_office_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__regex="^1?2?3?4?5?6?7?$") & ~Q(weekdays=""),
                name="an_office_works_on_some_weekday",
            ),
            models.CheckConstraint(
                condition=Q(country__regex="^([A-Z]{2})?$"), name="a_country_is_two_letters"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_calendar(self) -> Calendar:
        return Calendar(
            zone_name=self.zone_name,
            country=self.country,
            subdivision=self.subdivision,
            weekdays=frozenset(int(day) for day in self.weekdays),
            opens=self.opens,
            closes=self.closes,
            closed_days=parse_days(self.closed_days),
            open_days=parse_days(self.open_days),
        )


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

"""Events and failed handlings.

An event holds plain ids, no foreign keys: it outlives what it describes.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.core.models import PublicId


class Event(PublicId):
    """One event. Written in the transaction of the business rows it is about; handled by listeners
    later.
    """

    id: int
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, blank=True)  # "app.noun:42"
    actor_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001  null: no idempotency asked
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    dispatched_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(dispatched_at=None), name="events_waiting"),
            models.Index(fields=["name", "-occurred_at"], name="events_by_name"),
            models.Index(fields=["subject", "id"], name="events_by_subject"),
            models.Index(fields=["organization_id", "-occurred_at"], name="events_by_organization"),
            models.Index(fields=["actor_id", "-occurred_at"], name="events_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class FailedHandling(models.Model):
    """One listener that failed on one event: retried with backoff, then parked where staff can
    replay it.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="failures")
    listener = models.CharField(max_length=200)
    error = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    next_at = models.DateTimeField(null=True)  # null: parked or resolved
    parked_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "listener"], name="one_failure_per_event_and_listener"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(resolved_at=None), name="failures_to_retry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.listener} on {self.event_id}"

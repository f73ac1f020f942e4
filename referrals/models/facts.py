"""Inbound records as other systems sent them: once per (source, external id), applied or
deferred.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import PublicId


class Fact(PublicId):
    """One message.

    Its row commits together with its effect, so the id is spent only when the effect is there.
    """

    class Kind(models.TextChoices):
        INTRODUCTION = "introduction", _("Introduction")
        STAGE = "stage", _("Stage")
        CONVERSION = "conversion", _("Sale")
        REFUND = "refund", _("Refund")
        REFERENCE = "reference", _("Another name of a sale")

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        PARKED = "parked", _("Waiting for another record")
        REVIEW = "review", _("Needs a person")
        DISMISSED = "dismissed", _("Dismissed")

    id: int
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    body = models.JSONField()
    digest = models.CharField(max_length=64)  # SHA-256 of the canonical body
    state = models.CharField(max_length=9, choices=State)
    waits_for = models.CharField(max_length=160, blank=True)  # "organization:1:42", "invoice:INV-7"
    result = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    conflict_count = models.PositiveIntegerField(
        default=0
    )  # same id, other body: refused and counted
    is_quiet = models.BooleanField(
        default=False
    )  # its system reports everything: most waits for nothing that will come
    is_history = models.BooleanField(
        default=False, db_default=False
    )  # imported, or recorded long after: applied as of its date and in silence
    tried_at = models.DateTimeField(null=True)  # when a parked fact was last tried
    alarmed_at = models.DateTimeField(null=True)  # when staff were alerted that it waits too long

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="one_fact_per_source_and_external_id"
            ),
            models.CheckConstraint(
                condition=~Q(state="parked") | ~Q(waits_for=""), name="a_parked_fact_says_for_what"
            ),
        ]
        indexes = [
            models.Index(
                fields=["waits_for", "id"], condition=Q(state="parked"), name="parked_facts"
            ),
            models.Index(
                fields=["received_at"],
                name="facts_staff_look_at",
                condition=Q(state="review") | Q(state="parked", is_quiet=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id} {self.state}"

    def happened_at(self, now: datetime) -> datetime:
        """Return when a fact says it happened; now when it does not say."""
        return (
            datetime.fromisoformat(self.body["occurred_at"])
            if self.body.get("occurred_at")
            else now
        )

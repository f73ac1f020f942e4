"""A turn joins one customer's post to the action it caused, the update they got, whom they
introduced, and who came.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.models import Organization
from portal.core.models import PublicId
from portal.flywheel.rules.stages import Stage


class Turn(PublicId):
    """One go round. Its stages are derived from its evidence and may be rebuilt at any time."""

    id: int
    subject = models.CharField(max_length=120, unique=True)  # the voice: "app.noun:42"
    title = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="turns"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    organization_id: int | None
    person_id: int | None
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="next_turns"
    )
    previous_id: int | None
    stage = models.CharField(max_length=3, choices=Stage, blank=True)
    started_at = models.DateTimeField(null=True)  # null: facts came before the voice itself
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # the newcomer's first post
    is_own = models.BooleanField(default=False)  # begun by the host's staff: never counted

    class Meta:
        indexes = [
            models.Index(fields=["-started_at", "id"], name="turns_by_start"),
            models.Index(fields=["organization", "confirmed_at"], name="turns_of_organization"),
            models.Index(
                fields=["started_at"],
                condition=Q(confirmed_at=None, is_own=False),
                name="turns_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.subject


class TurnStage(models.Model):
    """One stage a turn reached: when, by whom, and the fact that proves it."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=3, choices=Stage)
    event_id = models.BigIntegerField()
    at = models.DateTimeField()
    by_silence = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn", "stage"], name="a_turn_reaches_a_stage_once")
        ]

    def __str__(self) -> str:
        return f"{self.turn_id} {self.stage}"


class Evidence(models.Model):
    """A fact that counts for a stage of some turn. What turns are is derived from these rows."""

    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=6)  # a Stage, or "cancel"
    at = models.DateTimeField()
    subject = models.CharField(max_length=120, blank=True)
    organization_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    referral = models.CharField(max_length=80, blank=True)
    other_organization_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "kind", "subject"], name="a_fact_is_evidence_of_a_stage_once"
            ),
            models.UniqueConstraint(
                fields=["organization_id"],
                condition=Q(kind="S7"),
                name="a_company_has_one_first_post",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], condition=~Q(subject=""), name="evidence_of_subject"),
            models.Index(
                fields=["organization_id", "kind"],
                condition=Q(subject=""),
                name="evidence_of_company",
            ),
            models.Index(
                fields=["other_organization_id"],
                condition=Q(kind="S6"),
                name="evidence_of_newcomer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject or self.organization_id}"

"""Signals: rows a team acts on, with an owner, a due time, an outcome and a next step.

Every change is recorded.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization
from portal.core.models import PublicId
from portal.teams.models.rules import SignalRule
from portal.teams.models.teams import Team

if TYPE_CHECKING:
    from portal.accounts.models import User


class SignalQuerySet(models.QuerySet["Signal"]):
    """Adjectives for signals."""

    def unresolved(self) -> Self:
        return self.exclude(state=Signal.State.RESOLVED)

    def waiting(self) -> Self:
        """On us right now: open or claimed, not put off."""
        return self.filter(state__in=(Signal.State.OPEN, Signal.State.CLAIMED))

    def overdue(self, now: datetime) -> Self:
        return self.waiting().filter(due_at__lt=now)

    def owned_by(self, user: User) -> Self:
        return self.filter(Q(owner=user) | Q(claimed_by=user))

    def for_teams(self, names: frozenset[str]) -> Self:
        return self.filter(team__name__in=names)

    def for_organization(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def with_names(self) -> Self:
        return self.select_related("rule", "team", "owner", "claimed_by", "organization", "person")


class Signal(PublicId):
    """Something a team should act on. Never nobody's: `owner` is set when it is raised."""

    class State(models.TextChoices):
        OPEN = "open", _("Not taken yet")
        CLAIMED = "claimed", _("In hand")
        SNOOZED = "snoozed", _("Put off")
        RESOLVED = "resolved", _("Settled")

    class Outcome(models.TextChoices):
        HELPED = "helped", _("It helped the customer")
        DONE = "done", _("Done, effect not known yet")
        CANNOT = "cannot", _("We cannot do it")
        VANISHED = "vanished", _("The reason went away")
        NOISE = "noise", _("No reason to act")

    class NextStep(models.TextChoices):
        TOLD = "told", _("Update the customer")
        STORY = "story", _("Make it a success story")
        ASK = "ask", _("Ask for an introduction")
        IDEA = "idea", _("Pass it on as an idea")
        NONE = "none", _("Nothing further")

    id: int
    rule = models.ForeignKey(SignalRule, on_delete=models.PROTECT, related_name="signals")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="signals")
    fingerprint = models.CharField(max_length=160)  # rule and subject: one unresolved signal each
    occurrence = models.CharField(max_length=200)  # this very cause: raised once for ever
    subject = models.CharField(max_length=120)  # "app.noun:42"
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="signals"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="owned_signals"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    organization_id: int | None
    person_id: int | None
    owner_id: int | None
    claimed_by_id: int | None
    team_id: int
    rule_id: int
    severity = models.CharField(
        max_length=6, choices=SignalRule.Severity, default=SignalRule.Severity.NORMAL
    )
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    evidence = models.JSONField(default=list)  # ids of the events it fired on
    facts = models.JSONField(default=dict)  # what the sentence "why" is made of
    occurred_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    next_step = models.CharField(max_length=5, choices=NextStep, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=~Q(state="resolved"),
                name="one_unresolved_signal_per_fingerprint",
            ),
            models.UniqueConstraint(
                fields=["rule", "occurrence"], name="a_cause_raises_a_rule_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved")
                | (Q(resolved_at__isnull=False) & ~Q(outcome="") & ~Q(next_step="")),
                name="a_settled_signal_has_an_outcome_and_a_next_step",
            ),
            models.CheckConstraint(
                condition=~Q(next_step="none") | ~Q(reason=""),
                name="nothing_further_needs_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="snoozed") | (Q(snoozed_until__isnull=False) & ~Q(reason="")),
                name="putting_off_needs_a_date_and_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=~Q(state="resolved"), name="signals_by_due"
            ),
            models.Index(fields=["subject"], name="signals_by_subject"),
            models.Index(
                fields=["-resolved_at"], condition=Q(state="resolved"), name="signals_settled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.state})"

    @property
    def about(self) -> str:
        """The voice behind it: a signal about a company may have been called for by one post."""
        return str(self.facts.get("about") or self.subject)

    @property
    def holder_id(self) -> int | None:
        """Who has it in hand, when somebody has."""
        return self.claimed_by_id if self.state == self.State.CLAIMED else None


class SignalChange(models.Model):
    """One step of a signal's way, by whom and why."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        JOINED = "joined", _("Happened again")
        CLAIMED = "claimed", _("Taken in hand")
        RELEASED = "released", _("Given back")
        SNOOZED = "snoozed", _("Put off")
        WOKEN = "woken", _("Back again")
        ESCALATED = "escalated", _("Escalated")
        TOLD = "told", _("Customer updated")
        RESOLVED = "resolved", _("Settled")
        REOPENED = "reopened", _("Reopened")

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=9, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["signal", "at"], name="changes_of_signal")]

    def __str__(self) -> str:
        return f"{self.signal_id} {self.kind}"

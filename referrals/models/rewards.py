"""Rewards (特典): what one side gets for a milestone, with its state and history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization
from portal.core.models import PublicId
from referrals.models.conversions import Conversion
from referrals.models.programs import Program, RewardRule, TermsVersion
from referrals.models.referrals import Referral
from referrals.rules import reasons


class Reward(PublicId):
    """One side's reward for one milestone of one introduction, with the rule as it stood
    (snapshot).
    """

    class State(models.TextChoices):
        HELD = "held", _("On hold: being checked")
        PENDING = "pending", _("On hold")
        APPROVED = "approved", _("Approved, on hold until the date")
        AVAILABLE = "available", _("Available")
        RESERVED = "reserved", _("In payment")
        FULFILLED = "fulfilled", _("Paid")
        REVERSED = "reversed", _("Taken back")

    class Beneficiary(models.TextChoices):
        COMPANY = "company", _("My company's credit")
        PERSON = "person", _("Myself")
        DONATION = "donation", _("A donation")

    id: int
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="rewards")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="rewards")
    referral_id: int
    conversion = models.ForeignKey(
        Conversion, on_delete=models.PROTECT, null=True, related_name="rewards"
    )
    conversion_id: int | None
    rule = models.ForeignKey(RewardRule, on_delete=models.PROTECT, related_name="rewards")
    rule_id: int
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, null=True, related_name="+")
    milestone = models.CharField(max_length=9, choices=RewardRule.Milestone)
    side = models.CharField(max_length=8, choices=RewardRule.Side)
    beneficiary = models.CharField(max_length=8, choices=Beneficiary, default=Beneficiary.COMPANY)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="rewards"
    )
    user_id: int | None
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="rewards"
    )
    organization_id: int | None
    holder = models.CharField(
        max_length=60
    )  # whose ledger account; a pseudonym once that person is erased
    amount = models.BigIntegerField()
    reversed_amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    snapshot = models.JSONField(default=dict)
    year = models.PositiveSmallIntegerField(
        null=True
    )  # of the milestone, for the yearly cap; the referrer's side only
    rank = models.PositiveSmallIntegerField(
        null=True
    )  # its position among the referrer's won introductions, where tiers count them
    state = models.CharField(max_length=9, choices=State)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    due_at = (
        models.DateTimeField()
    )  # the end of the hold; nothing happens by itself before a person approved
    needs_second = models.BooleanField(default=False)
    proposed_by_id = models.BigIntegerField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(
        null=True
    )  # reversed by a person: never granted again by a fact
    reason = models.CharField(max_length=200, blank=True)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "milestone", "side"],
                name="one_reward_per_introduction_milestone_side",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_reward_is_positive"),
            models.CheckConstraint(
                condition=Q(reversed_amount__gte=0) & Q(reversed_amount__lte=F("amount")),
                name="reversed_is_at_most_the_reward",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("held", "pending", "reversed"))
                | Q(approved_by_id__isnull=False),
                name="nothing_is_paid_unless_a_person_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id=None)
                | Q(user_id=None)
                | ~Q(approved_by_id=F("user_id")),
                name="nobody_approves_her_own_reward",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id=None)
                | Q(needs_second=False)
                | (Q(proposed_by_id__isnull=False) & ~Q(proposed_by_id=F("approved_by_id"))),
                name="two_people_approve_a_large_reward",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="rewards_by_state"),
            models.Index(fields=["user", "-granted_at"], name="rewards_by_user"),
            models.Index(fields=["organization", "-granted_at"], name="rewards_by_organization"),
            models.Index(fields=["holder"], name="rewards_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.state}"

    @property
    def net(self) -> int:
        return self.amount - self.reversed_amount


class RewardChange(models.Model):
    """One step of a reward's history. Append-only: the database refuses UPDATE and DELETE."""

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, choices=Reward.State)
    amount = models.BigIntegerField()
    reversed_amount = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reward", "version"], name="one_reward_change_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reward_id}: {self.before} → {self.after}"

    @property
    def why(self) -> str:
        """The reason as staff read it."""
        return reasons.to_staff(self.reason)

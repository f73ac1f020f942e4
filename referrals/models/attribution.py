"""Attribution: the candidates for a company's credit, the decision with its explanation, and
disputes about it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from referrals.models.organizations import ReferredOrganization
from referrals.models.referrals import Referral


class AttributionCandidate(models.Model):
    """One claim to a company, from strongest to weakest kind; decided by when it occurred, not when
    it arrived.
    """

    class Kind(models.TextChoices):
        STAFF = "staff", _("Decision by staff")
        NAMED = "named", _("Personal introduction")
        CODE = "code", _("Code typed at sign-up")
        CLICK = "click", _("Click on a link")
        COOKIE = "cookie", _("Link remembered by the browser")
        EMAIL = "email", _("Invited address")
        ANSWER = "answer", _('"Who told you about us?"')

    id: int
    referred = models.ForeignKey(
        ReferredOrganization, on_delete=models.CASCADE, related_name="candidates"
    )
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="candidates")
    referral_id: int
    kind = models.CharField(max_length=6, choices=Kind)
    reference = models.CharField(
        max_length=80
    )  # click id, code, fact id: what makes the claim itself unique
    occurred_at = models.DateTimeField()
    identified_at = (
        models.DateTimeField()
    )  # when the company made itself known (sign-up); the window ends here
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referred", "kind", "reference"], name="one_candidate_per_claim"
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.kind}"


class Attribution(models.Model):
    """One decision. The active one is unique per program and organization; superseded ones stay."""

    id: int
    referred = models.ForeignKey(
        ReferredOrganization, on_delete=models.PROTECT, related_name="attributions"
    )
    program_id = models.BigIntegerField()
    organization_id = models.BigIntegerField()
    referrer_organization_id = models.BigIntegerField(null=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attributions")
    referral_id: int
    candidate = models.ForeignKey(AttributionCandidate, on_delete=models.PROTECT, related_name="+")
    candidate_id: int
    rule = models.CharField(max_length=30)
    losers = models.JSONField(default=list)
    explanation_ja = models.TextField()
    explanation_en = models.TextField()
    decided_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program_id", "organization_id"],
                condition=Q(is_active=True),
                name="one_active_attribution_per_program_and_organization",
            ),
            models.CheckConstraint(
                condition=Q(referrer_organization_id=None)
                | ~Q(organization_id=F("referrer_organization_id")),
                name="the_credited_company_is_not_the_referrers",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, superseded_at=None)
                | Q(is_active=False, superseded_at__isnull=False),
                name="an_old_attribution_says_when_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} → {self.referral_id}"

    @property
    def explanation(self) -> str:
        return (
            self.explanation_ja
            if (get_language() or "ja").startswith("ja")
            else self.explanation_en
        )


class Dispute(models.Model):
    """ "Why did I not get credit?", asked by a referrer or opened by a late fact; answered by a
    person by a date.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Under review")
        UPHELD = "upheld", _("Upheld")
        REFUSED = "refused", _("Not upheld")

    id: int
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disputes")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )  # null: a late fact
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    answer = models.TextField(max_length=2000, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(state="open"), name="one_open_dispute_per_referral"
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.state}"

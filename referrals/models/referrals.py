"""Introductions (紹介): who introduces whom, the state with its history, and risk findings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Organization
from portal.core.models import PublicId
from referrals.models.links import ReferralLink
from referrals.models.programs import Program, TermsVersion
from referrals.rules import reasons


class Referral(PublicId):
    """One person's introduction of one company (several contacts of it merge into one).

    State moves by machine.py.
    """

    class PageHolder(models.TextChoices):
        """Who knows the address of the introduced person's page."""

        SENDER = "sender", _("Whoever introduced them")
        ANSWERER = "answerer", _("Whoever answered on it")
        DESK = "desk", _("Who got it from us")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Received")
        CONSENT_PENDING = "consent_pending", _("Waiting for their consent")
        ACCEPTED = "accepted", pgettext_lazy("referral", "Accepted")
        QUALIFIED = "qualified", _("Meeting")
        OPPORTUNITY = "opportunity", _("In talks")
        WON = "won", _("Won")
        LIVE = "live", _("Live")
        DECLINED = "declined", _("Declined by the prospect")
        REJECTED = "rejected", _("Not accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        LOST = "lost", _("Did not work out")
        DISQUALIFIED = "disqualified", _("Disqualified")
        MERGED = "merged", _("Merged")

    class Kind(models.TextChoices):
        LINK = "link", _("Link")
        CODE = "code", _("Code")
        NAMED = "named", _("Personal introduction")
        STAFF = "staff", _("Recorded by staff")
        ANSWER = "answer", _('"Who told you about us?"')

    id: int
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="referrals")
    program_id: int
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    link = models.ForeignKey(
        ReferralLink, on_delete=models.SET_NULL, null=True, related_name="referrals"
    )
    referrer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referrals_made"
    )
    referrer_id: int
    referrer_organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="referrals_made"
    )
    referrer_organization_id: int | None
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="referrals_received"
    )
    organization_id: int | None
    referee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="referrals_received",
    )
    referee_name = models.CharField(max_length=60, blank=True)
    referee_company = models.CharField(max_length=120, blank=True)
    referee_email = models.EmailField(blank=True)
    why = models.TextField(max_length=1000, blank=True)
    name_consent_at = models.DateTimeField(
        null=True, blank=True
    )  # the introduced person lets the referrer see it
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  null: no open page
    token_expires_at = models.DateTimeField(null=True, blank=True)
    page_holder = models.CharField(max_length=8, choices=PageHolder, default=PageHolder.SENDER)
    state = models.CharField(max_length=15, choices=State, default=State.DRAFT)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)  # why it is refused, lost, …
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="referrals_handled",
    )
    contacted_at = models.DateTimeField(null=True, blank=True)
    next_step = models.CharField(max_length=120, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    noted_at = models.DateTimeField()  # the last time the referrer was updated on anything
    introduced_at = models.DateTimeField()
    created_at = models.DateTimeField()
    is_history = models.BooleanField(
        default=False, db_default=False
    )  # came with an import and nobody has acted on it since: we owe nothing yet
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "organization", "referrer"],
                condition=Q(organization__isnull=False),
                name="one_introduction_per_referrer_and_company",
            ),
            models.CheckConstraint(
                condition=Q(page_holder__in=("sender", "answerer", "desk")),
                name="the_holder_of_a_page_is_known",
            ),
            models.CheckConstraint(
                condition=Q(organization=None)
                | Q(referrer_organization=None)
                | ~Q(organization=F("referrer_organization")),
                name="nobody_introduces_her_own_company",
            ),
            models.CheckConstraint(
                condition=Q(referee=None) | ~Q(referee=F("referrer")),
                name="nobody_introduces_herself",
            ),
        ]
        indexes = [
            models.Index(fields=["referrer", "-introduced_at"], name="referrals_by_referrer"),
            models.Index(fields=["state", "state_since"], name="referrals_by_state"),
            models.Index(fields=["program", "introduced_at"], name="referrals_by_cohort"),
            models.Index(
                fields=["state"], condition=Q(contacted_at=None), name="referrals_nobody_contacted"
            ),
            models.Index(
                fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="referrals_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class ReferralChange(models.Model):
    """One step of an introduction's history.

    Append-only: the database refuses UPDATE and DELETE.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    before = models.CharField(max_length=15, blank=True)
    after = models.CharField(max_length=15, choices=Referral.State)
    role = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    fact_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    is_inferred = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="one_change_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.before} → {self.after}"

    @property
    def why(self) -> str:
        """The reason as staff read it."""
        return reasons.to_staff(self.reason)


class RiskFinding(models.Model):
    """Something doubtful about an introduction, in words, with how grave it is.

    A person closes it.
    """

    class Severity(models.TextChoices):
        NOTE = "note", _("For information")
        DOUBT = "doubt", _("Doubtful")
        GRAVE = "grave", _("Grave")

    class Kind(models.TextChoices):
        SELF = "self", _("The referrer introduced themselves")
        OWN_ORGANIZATION = "own_organization", _("The company is the referrer's own")
        EXISTING_CUSTOMER = "existing_customer", _("The company was a customer already")
        DUPLICATE = "duplicate", _("Somebody else introduced the company too")
        VELOCITY = "velocity", _("Unusually many introductions in a short time")
        DISPOSABLE = "disposable", _("Throw-away mail address")
        SAME_DEVICE = "same_device", _("Same device as the referrer")
        HOST_COMPANY = "host_company", _("The company is our own")
        AMOUNT_DIFFERS = "amount_differs", _("Two systems report different amounts")
        FREE_MAIL = "free_mail", _("Private mail address: the company is not proven")

    id: int
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=20, choices=Kind)
    severity = models.CharField(max_length=5, choices=Severity)
    evidence = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True)
    close_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="one_finding_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.kind}"

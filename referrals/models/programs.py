"""Referral programs (紹介プログラム), their history, versioned public terms and the reward rules of
each milestone.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization
from portal.core.models import PublicId


class Program(PublicId):
    """What customers may introduce others into, where its links lead, and how long things take."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", pgettext_lazy("program", "Open")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    class Touch(models.TextChoices):
        LAST = "last", _("The last link before sign-up")
        FIRST = "first", _("The first link ever followed")

    class Fulfilment(models.TextChoices):
        CREDIT = "credit", _("Credit on the company's invoice")
        GIFT = "gift", _("Gift card")
        CASH = "cash", _("Bank transfer")

    id: int
    slug = models.SlugField(unique=True)
    name_ja = models.CharField(_("Name (Japanese)"), max_length=80)
    name_en = models.CharField(_("Name (English)"), max_length=80)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    is_default = models.BooleanField(default=False)
    target_url = models.URLField(
        _("Where its links lead"), max_length=500, blank=True
    )  # "": our own welcome page
    hosts = models.JSONField(_("Hosts it may lead to"), default=list, blank=True)
    touch = models.CharField(
        _("Which link counts"), max_length=5, choices=Touch, default=Touch.LAST
    )
    window_days = models.PositiveSmallIntegerField(_("Days a click counts"), default=90)
    hold_days = models.PositiveSmallIntegerField(_("Days a reward is on hold"), default=30)
    protection_days = models.PositiveSmallIntegerField(
        _("Days an introduction stands without progress"), default=180
    )
    review_threshold = models.BigIntegerField(
        _("Two people approve from"), default=100_000
    )  # minor units
    currency = models.CharField(_("Currency"), max_length=3, default="JPY")
    fulfilment = models.CharField(
        _("How it is paid"), max_length=6, choices=Fulfilment, default=Fulfilment.CREDIT
    )
    languages = models.JSONField(_("Languages"), default=list, blank=True)  # empty: everybody
    plans = models.JSONField(_("Plans"), default=list, blank=True)  # empty: every plan
    organizations = models.ManyToManyField(
        Organization, blank=True, related_name="+"
    )  # none: every customer
    opens_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    year_cap = models.BigIntegerField(
        _("At most per person and year"), null=True, blank=True
    )  # minor units
    was_capped = models.BooleanField(
        default=False
    )  # there are rewards that were granted under a yearly cap
    asks_enabled = models.BooleanField(_("Ask at earned moments"), default=True)
    ask_rest_days = models.PositiveSmallIntegerField(_("Days between two asks"), default=14)
    ask_limit = models.PositiveSmallIntegerField(_("Asks in 90 days"), default=2)
    hold_out_percent = models.PositiveSmallIntegerField(
        _("Share that is never asked (%)"), default=10
    )
    created_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_program"
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=1), name="program_window_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(protection_days__gte=15), name="an_introduction_stands_for_15_days"
            ),
            models.CheckConstraint(
                condition=Q(review_threshold__gte=0), name="review_threshold_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(currency__in=("JPY", "USD", "EUR", "PTS")), name="program_currency"
            ),
            models.CheckConstraint(
                condition=Q(year_cap=None) | Q(year_cap__gt=0), name="year_cap_is_positive"
            ),
            models.CheckConstraint(condition=Q(ask_rest_days__gte=1), name="a_rest_between_asks"),
            models.CheckConstraint(
                condition=Q(hold_out_percent__lte=50), name="hold_out_is_at_most_half"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(ends_at=None) | Q(opens_at__lt=F("ends_at")),
                name="program_opens_first",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        return self.name_ja if (get_language() or "ja").startswith("ja") else self.name_en


class ProgramChange(models.Model):
    """One change of a program's state.

    Append-only: it says when introductions were taken, also for late facts.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=6, choices=Program.State)
    after = models.CharField(max_length=6, choices=Program.State)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["program", "at"], name="program_changes_by_time")]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.before} → {self.after}"


class TermsVersion(models.Model):
    """The public terms as they stood at one time. Never edited: a change is a new version."""

    id: int
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="terms")
    number = models.PositiveIntegerField()
    text_ja = models.TextField()
    text_en = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="one_terms_text_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.program_id} v{self.number}"

    @property
    def text(self) -> str:
        return self.text_ja if (get_language() or "ja").startswith("ja") else self.text_en


class RewardRule(models.Model):
    """What one side gets when a milestone is reached: a fixed amount, a share of the sale, or steps
    by number.

    A rule that has granted is never changed: it is closed and another takes its place
    (services/rules.py).
    """

    class Milestone(models.TextChoices):
        QUALIFIED = "qualified", _("Qualified")
        WON = "won", _("Won")
        LIVE = "live", _("Live")

    class Side(models.TextChoices):
        REFERRER = "referrer", _("The one who introduces")
        REFEREE = "referee", _("The one who is introduced")

    id: int
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="rules")
    milestone = models.CharField(max_length=9, choices=Milestone)
    side = models.CharField(max_length=8, choices=Side)
    amount = models.BigIntegerField(_("Amount"), default=0)  # minor units; 0 with a percentage
    basis_points = models.PositiveIntegerField(_("Share of the sale (1/100 %)"), default=0)
    steps = models.JSONField(
        default=list, blank=True
    )  # [[from the nth won introduction, amount], …]
    cap = models.BigIntegerField(_("At most"), null=True, blank=True)
    budget = models.BigIntegerField(_("Budget"), null=True, blank=True)
    granted_amount = models.BigIntegerField(
        default=0
    )  # kept only where there is a budget; under the row's lock
    spent_before = models.BigIntegerField(
        default=0
    )  # by the rules this one replaced, of the same budget
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "milestone", "side"],
                condition=Q(is_active=True),
                name="one_rule_per_milestone_side",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, basis_points=0, steps=[])
                | Q(amount=0, basis_points__gt=0, steps=[])
                | (Q(amount=0, basis_points=0, milestone__in=("won", "live")) & ~Q(steps=[])),
                name="a_rule_is_fixed_a_share_or_steps",
            ),
            models.CheckConstraint(
                condition=Q(basis_points__lte=10_000), name="share_is_at_most_the_sale"
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(granted_amount__lte=F("budget")),
                name="budget_is_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(granted_amount__gte=0), name="granted_amount_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.milestone} {self.side}"

    @property
    def kind(self) -> str:
        """Return fixed, percent or tier."""
        return "tier" if self.steps else "percent" if self.basis_points else "fixed"

    @property
    def whole_budget(self) -> int | None:
        """Return the budget as staff entered it: what earlier rules spent of it included."""
        return None if self.budget is None else self.budget + self.spent_before

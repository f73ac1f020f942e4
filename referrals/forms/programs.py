"""Administrator forms of a program: who may join, links, money, asks; its terms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization
from portal.core.calendar.calendars import site_calendar
from portal.core.text.currencies import digits_of
from portal.core.time import day_of, start_of_day
from portal.core.web.forms import set_choices
from referrals.forms.days import day_field
from referrals.models import Program
from referrals.services.links.redirect_target import BadTarget, check_target

NO_ZERO = _("Leave it empty for no limit; with 0 nobody would get anything.")
LANGUAGES = [("ja", "日本語"), ("en", "English")]


def to_minor(value: Decimal | None, currency: str) -> int | None:
    """Return an amount as people write it in minor units; None stays None.

    Raises ValueError for a part of a unit.
    """
    if value is None:
        return None
    minor = value.scaleb(digits_of(currency))
    if minor != minor.to_integral_value():
        raise ValueError(str(value))
    return int(minor)


def to_major(amount: int | None, currency: str) -> Decimal | None:
    """Return minor units as people write them."""
    if amount is None:
        return None
    return Decimal(amount).scaleb(-digits_of(currency))


def money_field(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=14, decimal_places=2, **options
    )


class SettingsForm(forms.Form):
    """Everything about a program but its rewards and terms."""

    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=50,
        help_text=_("Latin letters, digits and hyphens; it stays."),
    )
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80)
    companies = forms.CharField(
        label=_("Only these companies"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One name or mail domain per line. Empty: every customer."),
    )
    plans = forms.MultipleChoiceField(
        label=_("Only these plans"), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Only readers of"),
        required=False,
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    from_date = day_field(_("Begins on"))
    until_date = day_field(_("Until (this day included)"))
    target_url = forms.URLField(
        label=_("Where its links lead"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Empty: our own welcome page."),
    )
    hosts_text = forms.CharField(
        label=_("Hosts it may lead to"),
        required=False,
        help_text=_("One per line. Links never lead anywhere else."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    window_days = forms.IntegerField(
        label=_("Days a click counts"), min_value=1, max_value=730, initial=90
    )
    touch = forms.ChoiceField(label=_("Which link counts"), choices=Program.Touch.choices)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[
            ("JPY", _("Yen")),
            ("USD", _("US dollars")),
            ("EUR", _("Euro")),
            ("PTS", _("Points")),
        ],
    )
    fulfilment = forms.ChoiceField(label=_("How it is paid"), choices=Program.Fulfilment.choices)
    hold_days = forms.IntegerField(
        label=_("Days a reward is on hold"), min_value=0, max_value=365, initial=30
    )
    protection_days = forms.IntegerField(
        label=_("Days an introduction stands without progress"),
        min_value=15,
        max_value=3_650,
        initial=180,
    )
    review_threshold = money_field(
        _("Two people approve from"), help_text=_("0: one person is always enough.")
    )
    year_cap = money_field(
        _("At most per person and year"),
        help_text=_(
            "The most that one person's introductions may earn for their side in a calendar "
            "year. Empty: no limit."
        ),
    )
    asks_enabled = forms.BooleanField(
        label=_("Ask for introductions at earned moments"), required=False
    )
    ask_rest_days = forms.IntegerField(
        label=_("Days between two asks of one person"), min_value=7, max_value=365, initial=14
    )
    ask_limit = forms.IntegerField(
        label=_("Asks of one person in 90 days"), min_value=0, max_value=10, initial=2
    )
    hold_out_percent = forms.IntegerField(
        label=_("Share that is never asked (%)"),
        min_value=0,
        max_value=50,
        initial=10,
        help_text=_("Drawn once per person; the comparison shows whether asking helps."),
    )

    def __init__(self, *args: Any, program: Program | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        known = (
            Organization.objects.exclude(plan="")
            .order_by("plan")
            .values_list("plan", flat=True)
            .distinct()
        )
        names = sorted({*known, *(program.plans if program else [])})
        set_choices(self, "plans", [(name, name) for name in names])
        if program is not None:
            self.fields["slug"].disabled = True
        if program is not None and program.state != Program.State.DRAFT:
            self.fields["currency"].disabled = True

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if self.program is None and (slug == "new" or Program.objects.filter(slug=slug).exists()):
            raise forms.ValidationError(_("Another program has this name."))
        return slug

    def clean_companies(self) -> list[Organization]:
        found, unknown = {}, []
        for line in dict.fromkeys(
            line.strip() for line in self.cleaned_data["companies"].splitlines() if line.strip()
        ):
            rows = list(Organization.objects.filter(email_domains__domain=line.lower())[:2])
            rows = rows or list(Organization.objects.filter(name=line)[:2])
            if len(rows) == 1 and not rows[0].is_own:
                found[rows[0].pk] = rows[0]
            else:
                unknown.append(line)
        if unknown:
            raise forms.ValidationError(
                _("We find no single customer for: %(names)s. Use the mail domain."),
                params={"names": ", ".join(unknown)},
            )
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        hosts = [
            line.strip().lower()
            for line in cleaned.get("hosts_text", "").splitlines()
            if line.strip()
        ]
        cleaned["hosts"] = hosts
        if cleaned.get("target_url"):
            try:
                check_target(cleaned["target_url"], hosts)
            except BadTarget:
                self.add_error(
                    "target_url", _("This address is not on one of the program's hosts.")
                )
        for name in ("review_threshold", "year_cap"):
            try:
                cleaned[name] = to_minor(cleaned.get(name), cleaned.get("currency", "JPY"))
            except ValueError:
                self.add_error(name, _("This currency has no smaller unit."))
        if cleaned.get("year_cap") == 0:
            self.add_error("year_cap", NO_ZERO)
        cleaned["review_threshold"] = cleaned.get("review_threshold") or 0
        cleaned["year_cap"] = cleaned.get("year_cap") or None
        cleaned["opens_at"] = _morning(cleaned.get("from_date"))
        last = cleaned.get("until_date")
        cleaned["ends_at"] = _morning(last + timedelta(days=1)) if last else None
        if cleaned["opens_at"] and cleaned["ends_at"] and cleaned["opens_at"] >= cleaned["ends_at"]:
            self.add_error("until_date", _("It cannot end before it begins."))
        return cleaned

    @staticmethod
    def initial_of(program: Program) -> dict[str, Any]:
        """Return a program as the form shows it."""
        same = (
            "slug",
            "name_ja",
            "name_en",
            "plans",
            "languages",
            "target_url",
            "window_days",
            "touch",
            "currency",
            "fulfilment",
            "hold_days",
            "protection_days",
            "asks_enabled",
            "ask_rest_days",
            "ask_limit",
            "hold_out_percent",
        )
        last = program.ends_at
        return {name: getattr(program, name) for name in same} | {
            "companies": "\n".join(
                program.organizations.order_by("name").values_list("name", flat=True)
            ),
            "hosts_text": "\n".join(program.hosts),
            "from_date": day_of(program.opens_at, site_calendar()) if program.opens_at else None,
            "until_date": day_of(last - timedelta(seconds=1), site_calendar()) if last else None,
            "review_threshold": to_major(program.review_threshold, program.currency),
            "year_cap": to_major(program.year_cap, program.currency),
        }


def _morning(day: date | None) -> datetime | None:
    return start_of_day(day, site_calendar()) if day else None


class TermsForm(forms.Form):
    """The public terms in both languages; saving makes a new version."""

    text_ja = forms.CharField(
        label=_("Terms (Japanese)"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 9, "lang": "ja"}),
    )
    text_en = forms.CharField(
        label=_("Terms (English)"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 9, "lang": "en"}),
    )


class MoveProgramForm(forms.Form):
    """Opens, pauses or ends a program."""

    to = forms.ChoiceField(choices=Program.State.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

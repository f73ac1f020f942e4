"""Forms with which staff and administrators change organizations and people."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.domains import normalize_domain
from portal.accounts.models import Organization, TeamName, User
from portal.accounts.names import clean_organization_name
from portal.core.text.currencies import is_money
from portal.core.web.forms import set_queryset
from portal.core.web.money_fields import MoneyField, to_major, to_minor

DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


class OrganizationForm(forms.ModelForm[Organization]):
    """Facts of an organization, its stage with a reason, and its mail domains."""

    lifecycle = forms.ChoiceField(label=_("Stage"), choices=Organization.Lifecycle.choices)
    reason = forms.CharField(label=_("Why the stage changes"), required=False, max_length=200)
    annual_amount = MoneyField(label=_("Annual amount"), max_digits=15)
    domain = forms.CharField(
        label=_("E-mail domain"),
        required=False,
        max_length=253,
        help_text=_(
            "As in example.co.jp. Colleagues join by themselves; further ones are added on the "
            "company's page."
        ),
    )
    move = forms.BooleanField(
        label=_("Move the domain here from that prospect"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Organization
        fields = (
            "name",
            "owner",
            "industry",
            "size_band",
            "plan",
            "annual_amount",
            "currency",
            "renewal_date",
            "is_public_sector",
        )
        labels = {"owner": _("Owner")}
        widgets = {"renewal_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, team_memberships__isnull=False)
        set_queryset(self, "owner", staff.distinct().order_by("display_name"))
        if self.instance.pk:
            self.fields["lifecycle"].initial = self.instance.lifecycle
        amount, currency = self.instance.annual_amount, self.instance.currency
        self.initial["annual_amount"] = to_major(amount, currency)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not is_money(currency):
            raise forms.ValidationError(_("Three capital letters, as in JPY."))
        return currency

    def clean(self) -> dict[str, Any]:
        """Turn the amount into minor units of the currency beside it."""
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["annual_amount"] = to_minor(
                cleaned.get("annual_amount"), cleaned.get("currency", "JPY")
            )
        except ValueError:
            self.add_error("annual_amount", _("This currency has fewer decimals."))
        return cleaned

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name == self.initial.get("name"):
            return name
        return clean_organization_name(name, self.instance if self.instance.pk else None)

    def clean_domain(self) -> str:
        return clean_domain(self.cleaned_data["domain"])

    def offer_move(self) -> None:
        """Let the domain be moved here with the next click."""
        self.fields["move"].widget = forms.CheckboxInput()


def clean_domain(given: str) -> str:
    """Return a domain as it is kept, "" for none. Raises ValidationError for what is none."""
    if not given.strip():
        return ""
    found = normalize_domain(given)
    if not DOMAIN.fullmatch(found):
        raise forms.ValidationError(_("Enter a domain such as example.co.jp."))
    return found


class DomainForm(forms.Form):
    """One mail domain to bind to an organization."""

    domain = forms.CharField(label=_("E-mail domain"), max_length=253)

    def clean_domain(self) -> str:
        return clean_domain(self.cleaned_data["domain"])


class ProviderForm(forms.Form):
    """A domain that hands mail addresses to anybody."""

    domain = forms.CharField(label=_("E-mail domain"), max_length=253)

    def clean_domain(self) -> str:
        return clean_domain(self.cleaned_data["domain"])


class RightsForm(forms.Form):
    """Rights and teams of a person who works here."""

    is_administrator = forms.BooleanField(label=_("Administrator"), required=False)
    is_finance = forms.BooleanField(label=_("Finance: approves and pays rewards"), required=False)
    is_moderator = forms.BooleanField(label=_("Moderator"), required=False)
    teams = forms.MultipleChoiceField(
        label=_("Teams"),
        choices=TeamName.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

"""Forms with which staff and administrators change organizations and people."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.domains import normalize_domain
from portal.accounts.models import Organization, TeamName, User
from portal.core.web.forms import set_queryset

DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


class OrganizationForm(forms.ModelForm[Organization]):
    """Facts of an organization, its stage with a reason, and its mail domains."""

    lifecycle = forms.ChoiceField(label=_("Stage"), choices=Organization.Lifecycle.choices)
    reason = forms.CharField(label=_("Why the stage changes"), required=False, max_length=200)
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

"""Forms with which staff and administrators change organizations and people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization, TeamName, User
from portal.core.web.forms import set_queryset


class OrganizationForm(forms.ModelForm[Organization]):
    """Facts of an organization, its stage with a reason, and its mail domains."""

    lifecycle = forms.ChoiceField(label=_("Stage"), choices=Organization.Lifecycle.choices)
    reason = forms.CharField(label=_("Why the stage changes"), required=False, max_length=200)

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


class DomainForm(forms.Form):
    """One mail domain to bind to an organization."""

    domain = forms.RegexField(
        label=_("E-mail domain"),
        regex=r"^@?[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
        max_length=253,
        error_messages={"invalid": _("Enter a domain such as example.co.jp.")},
    )


class RightsForm(forms.Form):
    """Rights and teams of a person who works here."""

    is_administrator = forms.BooleanField(label=_("Administrator"), required=False)
    is_moderator = forms.BooleanField(label=_("Moderator"), required=False)
    teams = forms.MultipleChoiceField(
        label=_("Teams"),
        choices=TeamName.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

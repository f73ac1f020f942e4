"""The form of an API key."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.api import scopes

DAYS = [("", _("Never")), ("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year"))]


class KeyForm(forms.Form):
    """Name, scopes, end."""

    name = forms.CharField(
        label=_("What it is called"), max_length=80, help_text=_("Which system uses it.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=scopes.choices,
        widget=forms.CheckboxSelectMultiple,
        required=True,
    )
    days = forms.ChoiceField(label=_("It expires"), choices=DAYS, required=False)

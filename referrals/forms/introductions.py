"""Customer forms of introductions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.web.forms import set_choices


class IntroduceForm(forms.Form):
    """Names a person and a company, and says why."""

    name = forms.CharField(
        label=_("Whom would you like to introduce?"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    company = forms.CharField(
        label=_("Their company"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Their work e-mail"),
        required=False,
        help_text=_(
            "Optional. We use it to recognise the company, and never write to it by ourselves."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    why = forms.CharField(
        label=_("Why would it help them?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They read this on their own page."),
    )
    has_consent = forms.BooleanField(
        label=_("They know about it and agreed that you pass their name on to us"), required=False
    )


class CodeForm(forms.Form):
    """A code of one's own choice."""

    code = forms.CharField(
        label=_("Your code"),
        min_length=3,
        max_length=24,
        help_text=_("Letters, digits and hyphens. Your old links keep working."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class BeneficiaryForm(forms.Form):
    """Who gets my rewards."""

    beneficiary = forms.ChoiceField(label=_("My rewards go to"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "beneficiary", choices)


class DisputeForm(forms.Form):
    """Asks to look again."""

    text = forms.CharField(
        label=_("What happened, as you remember it?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

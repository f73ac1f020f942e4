"""Forms of the inbox. What they may do is decided in services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.time import Calendar, day_of, next_business_day, opening_hours
from portal.core.web.forms import set_choices
from portal.teams.models import Signal


class SnoozeForm(forms.Form):
    """Until when, and why."""

    WHEN = (
        ("1", _("Tomorrow")),
        ("3", _("In three days")),
        ("7", _("In a week")),
        ("14", _("In two weeks")),
    )
    days = forms.ChoiceField(label=_("Until"), choices=WHEN, initial="1")
    reason = forms.CharField(label=_("Why"), max_length=400)

    def until(self, now: datetime, calendar: Calendar) -> datetime:
        """Return when the team opens on its first business day from the chosen one on."""
        day = day_of(now, calendar) + timedelta(days=int(self.cleaned_data["days"]))
        return opening_hours(next_business_day(day, calendar), calendar)[0]


class TellForm(forms.Form):
    """The update to the customer."""

    text = forms.CharField(
        label=_("To the customer"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "The customer gets this as a notification and is asked whether it solved the problem."
        ),
    )


class ResolveForm(forms.Form):
    """What came of it, and what happens next."""

    outcome = forms.ChoiceField(
        label=_("What came of it"),
        widget=forms.RadioSelect,
        choices=[row for row in Signal.Outcome.choices if row[0] != Signal.Outcome.VANISHED],
    )
    next_step = forms.ChoiceField(
        label=_("What happens next"), widget=forms.RadioSelect, choices=Signal.NextStep
    )
    text = forms.CharField(
        label=_("To the customer"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for “Update the customer” when nobody has updated them yet."),
    )
    reason = forms.CharField(
        label=_("Note"),
        max_length=400,
        required=False,
        help_text=_("Needed for “Nothing further”."),
    )

    def __init__(self, *args: Any, signal: Signal, was_told: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_told = was_told
        first = [step for step in signal.rule.next_steps if step in Signal.NextStep.values]
        steps = sorted(
            Signal.NextStep.choices,
            key=lambda row: (row[0] not in first, first.index(row[0]) if row[0] in first else 0),
        )
        set_choices(self, "next_step", steps)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        step = data.get("next_step")
        if step == Signal.NextStep.TOLD and not self.was_told and not data.get("text", "").strip():
            self.add_error("text", str(_("Please write the update to the customer.")))
        if step == Signal.NextStep.NONE and not data.get("reason", "").strip():
            self.add_error(
                "reason", str(_("Please give the reason why nothing further is needed."))
            )
        return data


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=400)

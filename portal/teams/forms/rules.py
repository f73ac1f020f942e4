"""The forms of rules and working agreements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.accounts.models import User
from portal.core.web.forms import set_queryset
from portal.teams.models import SignalRule, Team
from portal.teams.services.rules import RULE_FIELDS, TEAM_FIELDS

# The most a figure may say. Beyond ten years dates end, and a sweep that cannot count stops every
# other rule with it.
MOST = {
    "threshold": 10_000,
    "window_hours": 87_600,
    "cooldown_hours": 87_600,
    "sla_hours": 1_000,
    "escalate_hours": 10_000,
}
MOST_WITHIN_HOURS = 1_000


def _limit(field: forms.Field, most: int) -> None:
    field.validators.append(MaxValueValidator(most))
    field.widget.attrs["max"] = most


class RuleForm(forms.ModelForm[SignalRule]):
    """What a team may tune, and why it changes it."""

    reason = forms.CharField(label=_lazy("Why the change"), max_length=400)

    class Meta:
        model = SignalRule
        fields = RULE_FIELDS
        widgets = {"review_date": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in MOST.items():
            _limit(self.fields[name], most)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("enabled") and not (data.get("team") and data.get("stand_in")):
            self.add_error(
                "team", _("A rule can be enabled only with one accountable team and a stand-in.")
            )
        if data.get("team") and data.get("team") == data.get("stand_in"):
            self.add_error("stand_in", _("Another team must stand in."))
        return data

    def _post_clean(self) -> None:
        """The service writes the rule and the database checks it; the form leaves the row alone."""


class TeamForm(forms.ModelForm[Team]):
    """A team's lead, stand-in and working agreement."""

    class Meta:
        model = Team
        fields = TEAM_FIELDS
        widgets = {"agreement": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(
            is_active=True, team_memberships__team=self.instance.name
        ).order_by("display_name")
        _limit(self.fields["within_hours"], MOST_WITHIN_HOURS)
        set_queryset(self, "lead", staff)
        set_queryset(self, "stand_in", staff)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("lead") and data.get("lead") == data.get("stand_in"):
            self.add_error("stand_in", _("Choose somebody else as the stand-in."))
        return data

    def _post_clean(self) -> None:
        """The service writes the team; the form leaves the row alone."""

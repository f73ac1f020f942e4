"""What staff fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.models import Program
from referrals.services.targets import BadTarget, check_target


class MoveForm(forms.Form):
    """Moves an introduction, with a reason where one is needed."""

    to = forms.ChoiceField(label=_("Move to"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False, help_text=_("The referrer reads it."))

    def __init__(self, *args: Any, moves: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = moves  # type: ignore[attr-defined]


class NextForm(forms.Form):
    """What comes next and by when; the referrer sees it."""

    next_step = forms.CharField(label=_("Next step"), max_length=120)
    due = forms.DateField(label=_("Due by"), widget=forms.DateInput(attrs={"type": "date"}))


class ReasonForm(forms.Form):
    """One reason."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class AnswerForm(forms.Form):
    """The answer to a dispute."""

    answer = forms.CharField(
        label=_("Answer to the referrer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProgramForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A program with its fixed rewards and terms; each change of terms is a new version."""

    target_url = forms.URLField(label=_("Where its links lead"), required=False, max_length=500, assume_scheme="https")
    hosts_text = forms.CharField(
        label=_("Hosts it may lead to"), required=False, help_text=_("One per line. Links never lead anywhere else."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    referrer_amount = forms.IntegerField(
        label=_("Reward for the one who introduces (won)"), min_value=0, required=False
    )
    referee_amount = forms.IntegerField(
        label=_("Reward for the one who is introduced (won)"), min_value=0, required=False
    )
    budget = forms.IntegerField(
        label=_("Budget per side"), min_value=0, required=False, help_text=_("Empty: no limit.")
    )
    terms_ja = forms.CharField(label=_("Terms (Japanese)"), widget=forms.Textarea(attrs={"rows": 6}), required=False)
    terms_en = forms.CharField(label=_("Terms (English)"), widget=forms.Textarea(attrs={"rows": 6}), required=False)

    class Meta:
        model = Program
        fields = (
            "slug", "name_ja", "name_en", "state", "currency", "fulfilment", "target_url", "touch",
            "window_days", "hold_days", "review_threshold",
        )  # fmt: skip
        labels = {"slug": _("Short name in addresses"), "state": _("State")}  # noqa: RUF012  # Django's own way

    field_order = (
        "slug", "name_ja", "name_en", "state", "referrer_amount", "referee_amount", "budget", "currency", "fulfilment",
        "target_url", "hosts_text", "touch", "window_days", "hold_days", "review_threshold", "terms_ja", "terms_en",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        hosts = [line.strip().lower() for line in cleaned.get("hosts_text", "").splitlines() if line.strip()]
        cleaned["hosts"] = hosts
        if cleaned.get("target_url"):
            try:
                check_target(cleaned["target_url"], hosts)
            except BadTarget:
                self.add_error("target_url", _("This address is not on one of the program's hosts."))
        return cleaned

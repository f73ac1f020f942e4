"""What staff fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.models import Program, Referral, ReferralNote
from referrals.models.notes import CANNED
from referrals.reasons import Loss
from referrals.services.targets import BadTarget, check_target


class MoveForm(forms.Form):
    """Moves an introduction, with a reason where one is needed."""

    to = forms.ChoiceField(label=_("Move to"))
    loss = forms.ChoiceField(
        label=_("Why it did not work out"), required=False, choices=[("", _("Only when it is lost")), *Loss.choices],
        help_text=_("The referrer reads a kind sentence; product reads your words."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=180, required=False,
        help_text=_("The referrer reads it, unless the introduction is lost."),
    )  # fmt: skip

    def __init__(self, *args: Any, moves: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = moves  # type: ignore[attr-defined]
        if Referral.State.LOST not in dict(moves):
            del self.fields["loss"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("to") == Referral.State.LOST and not cleaned.get("loss"):
            self.add_error("loss", _("Please choose why: product learns from it."))
        return cleaned


class NoteForm(forms.Form):
    """One line to the referrer: a canned sentence, own words, or both."""

    code = forms.ChoiceField(label=_("What is true"), choices=[(choice.value, choice.label) for choice in CANNED])
    text = forms.CharField(label=_("In your own words"), max_length=500, required=False)
    until = forms.DateField(
        label=_("They hear from us by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("code") == ReferralNote.Code.WORDS and not (cleaned.get("text") or "").strip():
            self.add_error("text", _("Please write something, or choose a sentence above."))
        return cleaned


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
    protection_days = forms.IntegerField(
        label=_("Days an introduction stands without progress"),
        min_value=15,
        max_value=3_650,
        required=False,
        initial=180,
    )
    terms_ja = forms.CharField(label=_("Terms (Japanese)"), widget=forms.Textarea(attrs={"rows": 6}), required=False)
    terms_en = forms.CharField(label=_("Terms (English)"), widget=forms.Textarea(attrs={"rows": 6}), required=False)

    class Meta:
        model = Program
        fields = (
            "slug", "name_ja", "name_en", "state", "currency", "fulfilment", "target_url", "touch",
            "window_days", "hold_days", "protection_days", "review_threshold",
        )  # fmt: skip
        labels = {"slug": _("Short name in addresses"), "state": _("State")}  # noqa: RUF012  # Django's own way

    field_order = (
        "slug", "name_ja", "name_en", "state", "referrer_amount", "referee_amount", "budget", "currency", "fulfilment",
        "target_url", "hosts_text", "touch", "window_days", "hold_days", "protection_days", "review_threshold", "terms_ja", "terms_en",
    )  # fmt: skip

    def clean_protection_days(self) -> int:
        return int(self.cleaned_data["protection_days"] or self.instance.protection_days)

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

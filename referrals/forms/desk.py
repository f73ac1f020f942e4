"""Staff forms of the introduction desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.web.forms import set_choices
from referrals.forms.days import promise_field
from referrals.models import Referral, ReferralNote
from referrals.models.notes import CANNED
from referrals.rules.reasons import Loss


class MoveForm(forms.Form):
    """Moves an introduction, with a reason where one is needed."""

    to = forms.ChoiceField(label=_("Move to"))
    loss = forms.ChoiceField(
        label=_("Why it did not work out"),
        required=False,
        choices=[("", _("Only when it is lost")), *Loss.choices],
        help_text=_("The referrer reads a kind sentence; product reads your words."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=180,
        required=False,
        help_text=_("The referrer reads it, unless the introduction is lost."),
    )

    def __init__(self, *args: Any, moves: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "to", moves)
        if Referral.State.LOST not in dict(moves):
            del self.fields["loss"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("to") == Referral.State.LOST and not cleaned.get("loss"):
            self.add_error("loss", _("Please choose why: product learns from it."))
        return cleaned


class NoteForm(forms.Form):
    """One line to the referrer: a canned sentence, own words, or both."""

    code = forms.ChoiceField(
        label=_("What is true"), choices=[(choice.value, choice.label) for choice in CANNED]
    )
    text = forms.CharField(label=_("In your own words"), max_length=500, required=False)
    until = promise_field(_("Next update due by"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("code") == ReferralNote.Code.WORDS
            and not (cleaned.get("text") or "").strip()
        ):
            self.add_error("text", _("Please write something, or choose a sentence above."))
        return cleaned


class NextForm(forms.Form):
    """What comes next and by when; the referrer sees it."""

    next_step = forms.CharField(label=_("Next step"), max_length=120)
    due = promise_field(_("Due by"), required=True)


class ReasonForm(forms.Form):
    """One reason."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class AnswerForm(forms.Form):
    """The answer to a dispute."""

    answer = forms.CharField(
        label=_("Answer to the referrer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

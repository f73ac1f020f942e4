"""What staff fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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

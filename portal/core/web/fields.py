"""Form fields and checks for titles and names, shared by forms and the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.text.names import has_picture, is_reversing, letter_count, tidy

TITLE_LETTERS = 2


def clean_title(text: str) -> str:
    """Return a title as it is kept. Raises ValidationError where nobody could read it."""
    _refuse_reversing(text)
    title = tidy(text)
    if letter_count(title) < TITLE_LETTERS:
        raise ValidationError(_("A title needs at least two letters or characters."), "too_short")
    return title


def clean_name(text: str) -> str:
    """Return a person's name as it is kept. Raises ValidationError where nobody could read it."""
    _refuse_reversing(text)
    name = tidy(text)
    if not letter_count(name) and not has_picture(name):
        raise ValidationError(_("A name needs at least one letter that can be seen."), "invisible")
    return name


def _refuse_reversing(text: str) -> None:
    if is_reversing(text):
        raise ValidationError(
            _("Please leave out the invisible characters that change the direction of the text."),
            "reversing",
        )


class TitleField(forms.CharField):
    """The title of a text."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"label": _("Title"), "max_length": 120} | kwargs
        super().__init__(**given)

    def clean(self, value: Any) -> Any:
        return clean_title(super().clean(value))


class NameField(forms.CharField):
    """The name of a person."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"label": _("Name"), "max_length": 60} | kwargs
        super().__init__(**given)

    def clean(self, value: Any) -> Any:
        return clean_name(super().clean(value))

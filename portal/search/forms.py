"""The form of synonyms: one group a line."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.search.folding import normalise

SEPARATOR = re.compile(r"[=＝,，、]")
MAX_GROUPS, MAX_WORDS, MAX_LENGTH = 500, 8, 60


class SynonymForm(forms.Form):
    """All groups at once; `seen` is what the writer had before them."""

    lines = forms.CharField(
        label=_lazy("Words that mean the same"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_lazy("One group a line, its words joined by =, as in: mobile = smartphone"),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_lines(self) -> list[list[str]]:
        """Return the groups. Every line that is wrong is named."""
        groups: list[list[str]] = []
        owners: dict[str, int] = {}
        errors: list[str] = []
        for number, line in enumerate(str(self.cleaned_data["lines"]).splitlines(), 1):
            if not line.strip():
                continue
            words = [" ".join(word.split()) for word in SEPARATOR.split(line)]
            words = list({normalise(word): word for word in words if word}.values())
            errors += _errors(number, words, owners)
            owners |= {normalise(word): number for word in words}
            groups.append(words)
        if len(groups) > MAX_GROUPS:
            errors.append(_("At most %(n)s groups are kept.") % {"n": MAX_GROUPS})
        if errors:
            raise forms.ValidationError(errors)
        return groups


def _errors(number: int, words: list[str], owners: dict[str, int]) -> list[str]:
    values: dict[str, Any] = {"line": number, "n": MAX_WORDS, "length": MAX_LENGTH}
    errors: list[str] = []
    if len(words) < 2:
        errors.append(_("Line %(line)s needs two different words, joined by =.") % values)
    if len(words) > MAX_WORDS:
        errors.append(_("Line %(line)s has more than %(n)s words.") % values)
    if any(len(word) > MAX_LENGTH for word in words):
        errors.append(_("Line %(line)s has a word of more than %(length)s characters.") % values)
    errors += [
        _("“%(word)s” in line %(line)s stands in line %(other)s already.")
        % {"word": word, "line": number, "other": owners[normalise(word)]}
        for word in words
        if normalise(word) in owners
    ]
    if any(not any(sign.isalnum() for sign in word) for word in words):
        errors.append(_("Line %(line)s has a word without letters.") % values)
    return errors


def as_lines(groups: list[list[str]]) -> str:
    """Return the groups as the form shows them."""
    return "\n".join(" = ".join(group) for group in groups)

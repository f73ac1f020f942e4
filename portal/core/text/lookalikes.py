"""Which texts look alike: skeletons after Unicode TS 39, and characters that no name needs.

Pure functions. The table of confusable characters is the Unicode Consortium's, from the package
confusable-homoglyphs; it is read when first asked (0.2 s), for most processes never do.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal

from portal.core.text.folding import fold

Form = Literal["NFC", "NFKC"]  # NFKC also makes one of full and half width
ZWNJ, ZWJ = "\u200c", "\u200d"
VOICED = "\u3099\u309a"  # as in が and ぱ: another letter, no decoration
# Letters and marks by category that show nothing.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
LATIN_MARKS, OTHER_MARKS = 2, 4  # the most marks on one letter


def normalized(text: str, form: Form = "NFKC") -> str:
    """Return a name as it is kept: one form of its characters, one space between words."""
    return " ".join(unicodedata.normalize(form, text).split())


def has_unseen(text: str) -> bool:
    """Say whether a character shows nothing or turns the direction of others.

    Joiners where a script needs them and the variants of Chinese characters are none.
    """
    return any(_is_unseen(text, place) for place in range(len(text)))


def _is_unseen(text: str, place: int) -> bool:
    char, before = text[place], text[place - 1] if place else ""
    if char in (ZWNJ, ZWJ):
        return not before or not _joins(before)
    if "\U000e0100" <= char <= "\U000e01ef":
        return not _is_chinese(before)
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\u180b" <= char <= "\u180f"
    return char in BLANK or is_selector or unicodedata.category(char) in UNSEEN


def _joins(before: str) -> bool:
    """After a virama, or in Arabic script."""
    name = unicodedata.name(before, "")
    return unicodedata.combining(before) == 9 or name.startswith("ARABIC LETTER")


def _is_chinese(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK") if char else False


def has_too_many_marks(text: str) -> bool:
    """Say whether marks are piled up on a letter."""
    run = 0
    for char in unicodedata.normalize("NFC", text):
        if not unicodedata.category(char).startswith("M"):
            run = 0
            continue
        run += 1
        if run > (LATIN_MARKS if "\u0300" <= char <= "\u036f" else OTHER_MARKS):
            return True
    return False


def skeleton(text: str) -> str:
    """Return what texts that look alike have in common: no spaces, no signs, no accents, one
    letter for all that look like it.
    """
    plain = _letters(unicodedata.normalize("NFKC", text))
    return _mapped(_letters(fold(_mapped(plain))))


def _letters(text: str) -> str:
    """Return letters and digits; accents of Latin, Greek and Cyrillic letters go."""
    parts = unicodedata.normalize("NFD", text)
    kept = (char for char in parts if not "\u0300" <= char <= "\u036f" and char not in BLANK)
    return "".join(
        char
        for char in kept
        if unicodedata.category(char)[0] in "LN" or char in VOICED or _is_mark(char) or char in "|"
    )


def _is_mark(char: str) -> bool:
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return False
    return unicodedata.category(char).startswith("M")


def _mapped(text: str) -> str:
    singles, longer = _table()
    long = "".join(longer.get(char, char) for char in text)
    return "".join(singles.get(char, char) for char in long)


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Return the letter that stands for each, and the letters a single one looks like."""
    text = (files("confusable_homoglyphs") / "confusables.json").read_text(encoding="utf-8")
    parents: dict[str, str] = {}
    longer: dict[str, str] = {}

    def root(char: str) -> str:
        while (above := parents.setdefault(char, char)) != char:
            char = above
        return char

    def join(one: str, other: str) -> None:
        low, high = sorted((root(one), root(other)))
        parents[high] = low

    for char, likes in json.loads(text).items():
        for each in likes:
            like = "".join(c for c in each["c"] if unicodedata.category(c) != "Cf")
            if len(char) == len(like) == 1:
                join(char, like)
            elif len(char) == 1 and like.isalpha():
                longer[char] = like
    join("i", "l")  # and with it I, 1 and |
    return {char: root(char) for char in parents}, longer

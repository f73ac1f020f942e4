"""Normalises text for comparison: one form for full-width, half-width and letter case.

Search has its own, richer one.
"""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return `text` in the form in which two spellings a person would call equal are equal (NFKC,
    then casefold).
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())

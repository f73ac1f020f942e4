"""Titles and names as people may read them: one form of each character, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

# Embeddings, overrides and isolates: what follows is read backwards, or the rest of the page is.
REVERSING = re.compile("[\u202a-\u202e\u2066-\u2069]")
RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Default-ignorable code points without a use in a line of text, and fillers that look like nothing.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Direction marks have a use beside right-to-left letters alone.
MARKS = re.compile("[\u200e\u200f\u061c]")
JOINERS = re.compile("[\u200c\u200d]")
# Arabic, Syriac, Indic and South-East Asian scripts join or separate letters with them.
JOINED_SCRIPTS = re.compile("[\u0600-\u07bf\u0860-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af]")
SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
MODIFIERS = re.compile("[\U0001f3fb-\U0001f3ff]")


def is_reversing(text: str) -> bool:
    """Return whether a text changes the direction of what is around it."""
    return REVERSING.search(text) is not None


def tidy(text: str) -> str:
    """Return a title or a name in NFC on one line, without what cannot be seen."""
    text = INVISIBLE.sub("", REVERSING.sub("", unicodedata.normalize("NFC", text)))
    if not RIGHT_TO_LEFT.search(text):
        text = MARKS.sub("", text)
    text = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in text
        if unicodedata.category(sign) not in ("Cs", "Cn")
    )
    kept = [sign for place, sign in enumerate(text) if _is_needed(text, place)]
    return " ".join("".join(kept).split())


def _is_needed(text: str, place: int) -> bool:
    """Joiners and selectors need a neighbour that they change."""
    sign = text[place]
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if JOINERS.match(sign):
        if JOINED_SCRIPTS.match(before):
            return bool(after)
        return bool(before and after) and _is_pictograph(before) and _is_pictograph(after)
    if SELECTOR.match(sign):
        return bool(before) and unicodedata.category(before)[0] in "LNPS"
    return True


def _is_pictograph(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk") or SELECTOR.match(sign) is not None


def letter_count(text: str) -> int:
    """Return how many letters, digits, kana and kanji a text has; marks and pictures are none."""
    return sum(unicodedata.category(sign)[0] in "LN" for sign in text)


def has_picture(text: str) -> bool:
    """Return whether a text has an emoji of its own, not only what modifies one."""
    return any(unicodedata.category(sign) == "So" for sign in MODIFIERS.sub("", text))

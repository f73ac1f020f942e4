"""What follows from a text alone: its language, tag keys, a slug, the difference between two
versions.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

KANA_OR_KANJI = re.compile(r"[぀-ヿ㐀-鿿々]")
MOST_TAGS = 5
TAG_LENGTH = 30
LATIN = re.compile(r"[A-Za-z]")


def guess_language(text: str) -> str:
    """Return "ja" when at least one letter in eight is Japanese (product names are Latin), else
    "en".
    """
    japanese, latin = len(KANA_OR_KANJI.findall(text)), len(LATIN.findall(text))
    return "ja" if japanese * 7 >= latin else "en"


def fold(text: str) -> str:
    """NFKC and case folding: ＳＳＯ and sso are one word."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def tag_key(name: str) -> str:
    """Return the key two spellings of a tag share."""
    return re.sub(r"\s+", "-", fold(name))[:40]


def split_tags(text: str) -> list[str]:
    """Return the tag names of a field, separated by commas, 、or spaces; each once."""
    found: dict[str, str] = {}
    for part in re.split(r"[,、，\s]+", unicodedata.normalize("NFKC", text)):
        name = part.strip().lstrip("#")
        if name and tag_key(name) not in found:
            found[tag_key(name)] = name
    return list(found.values())


@dataclass(frozen=True)
class Change:
    """One line of a difference: `kind` is "same", "added", "removed" or "gap"."""

    kind: str
    text: str


def difference(before: str, after: str, *, context: int = 3) -> list[Change]:
    """Compare two texts by line, with `context` unchanged lines around each change."""
    old, new = before.splitlines(), after.splitlines()
    changes: list[Change] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(
        context
    ):
        if changes:
            changes.append(Change("gap", "…"))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                changes += [Change("same", line) for line in old[old_from:old_to]]
                continue
            changes += [Change("removed", line) for line in old[old_from:old_to]]
            changes += [Change("added", line) for line in new[new_from:new_to]]
    return changes

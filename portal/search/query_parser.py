"""Parses a search: words, "phrases" and -exclusions become one tsquery. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.search.tokens import CJK, LATIN, bigrams, normalise, quote, tokens

MAX_WORDS = 12
PART = re.compile(r'(-?)"([^"]+)"|(-?)([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Query:
    """A readable query: its words in normalised form, those to leave out, and the tsquery text (""
    finds nothing).
    """

    words: tuple[str, ...]
    without: tuple[str, ...]
    tsquery: str


def parse(typed: str) -> Query:
    """Read what was typed, at most 12 words of it."""
    words: list[str] = []
    without: list[str] = []
    for match in PART.finditer(normalise(typed)[:400]):
        word = (match.group(2) or match.group(4) or "").strip()
        if word and any(c.isalnum() for c in word):
            (without if match.group(1) or match.group(3) else words).append(word)
    words, without = words[:MAX_WORDS], without[:MAX_WORDS]
    terms = [term for term in map(_term, words) if term]
    refused = [f"!{term}" for term in map(_term, without) if term]
    return Query(tuple(words), tuple(without), " & ".join(terms + refused) if terms else "")


def _term(word: str) -> str:
    ways = [way for way in (_by_words(word), _by_bigrams(word)) if way]
    return f"({' | '.join(ways)})" if ways else ""


def _by_words(word: str) -> str:
    """Build the phrase of the word's Sudachi tokens, keeping the gaps between them."""
    text, last = "", None
    for token in tokens(word):
        if last is None:
            text = quote(token.form)
        else:
            text += f" <{token.position - last}> {quote(token.form)}"
        last = token.position
    return f"({text})" if text else ""


def _by_bigrams(word: str) -> str:
    """Build the same from pieces: a Latin word as a beginning, a Japanese run as a phrase of its
    bigrams.
    """
    parts = []
    for latin in LATIN.finditer(word):
        found = latin.group()
        stem = found[:-1] if len(found) > 4 and found.endswith("s") and found.isascii() else found
        parts.append(f"{quote('~' + stem)}:*" if len(found) > 2 else quote("~" + found))
    for run in CJK.finditer(word):
        characters = run.group()
        if len(characters) == 1:
            parts.append(f"{quote('~' + characters)}:*")
        else:
            # The last character alone is in the index only at the end of a run.
            pairs = [quote(pair) for pair, _ in bigrams(characters)][:-1]
            parts.append(f"({' <-> '.join(pairs)})")
    return f"({' & '.join(parts)})" if parts else ""

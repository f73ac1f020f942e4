"""Tokenises text: Sudachi tokens in their normalised form, and '~' bigrams that find what those
miss.

A Sudachi tokenizer must not be shared between threads, so there is one per thread over one
dictionary.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sudachipy import Dictionary, SplitMode

# PostgreSQL keeps positions up to 16,383; going round keeps neighbours neighbours in longer texts.
LAST_POSITION = 16_000
POSITIONS_PER_LEXEME = 250
MAX_TEXT = 200_000
CHUNK = 8_000  # Sudachi takes at most 49,149 bytes at once
MAX_LEXEME = 60
TITLE_GAP = 10

CJK = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
)
LATIN = re.compile(
    r"[^\W_\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
)
JOINERS = frozenset("・-‐_=.'’/")  # "リモート・ワーク" is found by "リモートワーク"
_local = threading.local()
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its normalised form, its place among the words, and where it stands in the text."""

    form: str
    position: int
    begin: int
    end: int


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="small")


def _tokenizer() -> Any:
    found = getattr(_local, "tokenizer", None)
    if found is None:
        with _loading:
            found = _local.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
    return found


def normalise(text: str) -> str:
    """Return `text` in the form both documents and queries are cut in."""
    return unicodedata.normalize("NFKC", text).replace("\x00", " ").lower()


def tokens(text: str) -> Iterator[Token]:
    """Cut an already normalised `text` into words (Sudachi mode A).

    Spaces and punctuation leave a gap in the places.
    """
    position = 0
    for start, chunk in _chunks(text):
        for word in _tokenizer().tokenize(chunk):
            kind, surface = word.part_of_speech()[0], word.surface()
            if kind in ("空白", "補助記号") or not any(c.isalnum() for c in surface):
                position += 0 if surface in JOINERS else 1
                continue
            form = word.normalized_form().lower()[:MAX_LEXEME]
            yield Token(form, position, start + word.begin(), start + word.end())
            position += 1


def bigrams(text: str) -> Iterator[tuple[str, int]]:
    """Yield '~' + two neighbouring characters of every Japanese run, the last one alone, and '~' +
    every Latin word.
    """
    for run in CJK.finditer(text):
        characters = run.group()
        for n in range(len(characters) - 1):
            yield f"~{characters[n : n + 2]}", run.start() + n
        yield f"~{characters[-1]}", run.end() - 1
    for word in LATIN.finditer(text):
        yield f"~{word.group()[:MAX_LEXEME]}", word.start()


def vector(title: str, text: str) -> str:
    """Return the tsvector literal of a document: words of the title (A) and the text (B), bigrams
    of both (D).
    """
    title, text = normalise(title), normalise(text[:MAX_TEXT])
    entries: dict[str, list[str]] = {}
    end = 0
    for token in tokens(title):
        _add(entries, token.form, token.position, "A")
        end = token.position
    for token in tokens(text):
        _add(entries, token.form, end + TITLE_GAP + token.position, "B")
    for form, position in bigrams(title):
        _add(entries, form, position, "D")
    for form, position in bigrams(text):
        _add(entries, form, len(title) + TITLE_GAP + position, "D")
    return " ".join(f"{quote(form)}:{','.join(places)}" for form, places in entries.items())


def quote(lexeme: str) -> str:
    """Quote a lexeme for a tsvector or tsquery literal."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _add(entries: dict[str, list[str]], form: str, position: int, weight: str) -> None:
    places = entries.setdefault(form, [])
    if len(places) < POSITIONS_PER_LEXEME:
        places.append(f"{position % LAST_POSITION + 1}{weight if weight != 'D' else ''}")


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = start + CHUNK
        if end < len(text):
            for mark in ("\n", "。", " "):
                cut = text.rfind(mark, start + CHUNK // 2, end)
                if cut > 0:
                    end = cut + 1
                    break
        yield start, text[start:end]
        start = end

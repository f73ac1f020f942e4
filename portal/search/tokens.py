"""Tokenises text: Sudachi tokens in their normalised form, and '~' bigrams that find what those
miss.

A Sudachi tokenizer must not be shared between threads, so there is one per thread over one
dictionary.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sudachipy import Dictionary, SplitMode

from portal.search.folding import fold_kana
from portal.search.folding import normalise as normalise

VERSION = 2  # of the form documents are cut in; goes up with every change, and they are cut anew

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
# What nobody looks for: particles, auxiliaries, and verbs such as "can" and "do".
FUNCTION_WORDS = frozenset(("助詞", "助動詞", "接続詞", "連体詞", "代名詞", "感動詞", "副詞"))
ENGLISH_FUNCTION_WORDS = frozenset(
    "a an and are as at be been but by can cannot could did do does for from had has have how i if"
    " in into is it its me my no not of on or our please so than that the their them then there"
    " these they this to us was we were what when where which who why will with would you"
    " your".split()
)
_local = threading.local()
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its normalised form, its place among the words, where it stands in the text, and
    what it is to somebody who looks for it.
    """

    form: str
    position: int
    begin: int
    end: int
    is_function_word: bool = False
    is_suffix: bool = False
    is_prefix: bool = False


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="small")


def _tokenizer() -> Any:
    found = getattr(_local, "tokenizer", None)
    if found is None:
        with _loading:
            found = _local.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
    return found


def tokens(text: str) -> Iterator[Token]:
    """Cut an already normalised `text` into words (Sudachi mode A).

    Spaces and punctuation leave a gap in the places.
    """
    position = 0
    for start, chunk in _chunks(text):
        for word in _tokenizer().tokenize(chunk):
            speech, surface = word.part_of_speech(), word.surface()
            begin, end = word.begin(), word.end()
            if speech[0] in ("空白", "補助記号") or not any(c.isalnum() for c in surface):
                is_joined = surface in JOINERS or (surface == " " and _joins(chunk, begin, end))
                position += 0 if is_joined else 1
                continue
            form = normalise(word.normalized_form())[:MAX_LEXEME]
            yield Token(
                form,
                position,
                start + begin,
                start + end,
                _is_function_word(speech, surface),
                speech[0] == "接尾辞",
                speech[0] == "接頭辞",
            )
            position += 1


def _joins(text: str, begin: int, end: int) -> bool:
    """Whether a space stands within Japanese, as in a name: it separates no words there."""
    return (
        CJK.match(text[begin - 1 : begin]) is not None
        and CJK.match(text[end : end + 1]) is not None
    )


def _is_function_word(speech: Sequence[str], surface: str) -> bool:
    return (
        speech[0] in FUNCTION_WORDS
        or (speech[0] in ("動詞", "形容詞") and speech[1] == "非自立可能")
        or surface in ENGLISH_FUNCTION_WORDS
    )


def bigrams(text: str) -> Iterator[tuple[str, int]]:
    """Yield '~' + two neighbouring characters of every Japanese run, the last one alone, and '~' +
    every Latin word.
    """
    for run in CJK.finditer(text):
        characters = fold_kana(run.group())
        for n in range(len(characters) - 1):
            yield f"~{characters[n : n + 2]}", run.start() + n
        yield f"~{characters[-1]}", run.end() - 1
    for word in LATIN.finditer(text):
        yield f"~{word.group()[:MAX_LEXEME]}", word.start()


def vector(title: str, text: str, names: Iterable[str] = ()) -> str:
    """Return the tsvector literal of a document: words of the title (A), the text (B) and the names
    of those who wrote it (C), bigrams of all (D).
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
    add_names(entries, names)
    return " ".join(f"{quote(form)}:{','.join(places)}" for form, places in entries.items())


def add_names(entries: dict[str, list[str]], names: Iterable[str]) -> None:
    """Add the names of people, which stand in no sentence, so that their places say only what is
    beside what.
    """
    start = LAST_POSITION // 2
    for name in names:
        folded = normalise(name)
        for token in tokens(folded):
            _add(entries, token.form, start + token.position, "C")
        for form, position in bigrams(folded):
            _add(entries, form, start + position, "D")
        start += len(folded) + TITLE_GAP


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

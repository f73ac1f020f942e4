"""Highlights matched words in Python: ts_headline does not support Japanese. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from portal.search.folding import fold_names, kana_forms, normalise
from portal.search.tokens import CJK, tokens

AROUND = 60
LENGTH = 160
STRETCH = 1_000
LOOK_THROUGH = (
    3_000  # how much of a text is cut into words when no word stands in it letter by letter
)


Place = tuple[int, int]  # where a normalised character begins and ends in the text as written
Places = list[Place] | None  # None: every character stands where it stood


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and whether it is one of the words looked for."""

    text: str
    found: bool


def mark(text: str, words: tuple[str, ...]) -> list[Piece]:
    """Return the whole `text` in pieces, the found words marked."""
    return _pieces(text, _spans(text, words, variants=True), 0, len(text))


def html(pieces: Iterable[Piece]) -> SafeString:
    """Return the pieces for a page, the found words in <mark>."""
    parts = (
        f"<mark>{escape(piece.text)}</mark>" if piece.found else escape(piece.text)
        for piece in pieces
    )
    return mark_safe("".join(parts))


def snippet(text: str, words: tuple[str, ...]) -> list[Piece]:
    """Return about 160 characters of `text` around the first found word, the found words marked."""
    for begin, stop, variants in _places_to_look(text, words):
        part = _in_one_line(text[begin:stop])
        spans = _spans(part, words, variants=variants)
        if spans:
            break
    start = max(0, spans[0][0] - AROUND) if spans else 0
    if start:
        cut = max(part.rfind("。", start - 20, spans[0][0]), part.rfind(" ", start, spans[0][0]))
        start = cut + 1 if cut > 0 else start
    end = min(len(part), start + LENGTH)
    pieces = _pieces(part, spans, start, end)
    if begin or start:
        pieces.insert(0, Piece("…", False))
    if end < len(part) or stop < len(text):
        pieces.append(Piece("…", False))
    return pieces


def _places_to_look(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int, bool]]:
    """Yield what of a long text to look at closely, and whether for other spellings too.

    First closely around the place where a word first stands letter by letter, then the stretch
    around it, then the beginning of the text.
    """
    needles = [needle for word in words for needle in _needles(word)]
    place = _first_place(text, needles)
    if place is not None:
        about, drift = place
        yield max(0, about - drift - 2 * AROUND), about + drift + 2 * LENGTH, False
        start = about - about % STRETCH
        yield max(0, start - 2 * AROUND), start + STRETCH + AROUND + LENGTH, False
    yield 0, LOOK_THROUGH, True


def _first_place(text: str, needles: list[str]) -> tuple[int, int] | None:
    """Return about where the first needle stands in a text as written, and how far off that may
    be.
    """
    lower = text.lower()
    found = [at for at in map(lower.find, needles) if at >= 0]
    if found:
        return min(found), abs(len(lower) - len(text))
    for start in range(0, len(text), STRETCH):  # in other widths, or across the end of a line
        raw = text[start : start + STRETCH + AROUND]  # a word may stand across the end
        folded = normalise(_in_one_line(raw))
        found = [at for at in map(folded.find, needles) if at >= 0]
        if found:
            return start + min(found), abs(len(folded) - len(raw))
    return None


def stands_in(text: str, words: tuple[str, ...]) -> bool:
    """Return whether one of the words plainly stands in `text`, in this width and on one line."""
    lower = text.lower()
    return any(needle in lower for word in words for needle in _needles(word))


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _spans(text: str, words: tuple[str, ...], *, variants: bool) -> list[tuple[int, int]]:
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for word in words:
        for needle in _needles(word):
            at = folded.find(needle)
            while at >= 0 and len(found) < 200:
                found.append(_as_written(places, at, at + len(needle)))
                at = folded.find(needle, at + len(needle))
    if variants:
        found += _variant_spans(folded, places, words)
    return _joined(found)


def _needles(word: str) -> list[str]:
    if CJK.search(word) is None and len(word) > 4 and word.endswith("s"):
        return [word, word[:-1]]
    return kana_forms(word)


@lru_cache(maxsize=512)
def _forms(word: str) -> list[str]:
    return [token.form for token in tokens(word)]


def _as_written(places: Places, begin: int, end: int) -> Place:
    return (places[begin][0], places[end - 1][1]) if places is not None else (begin, end)


def _variant_spans(folded: str, places: Places, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Find the words in other spellings: the same row of normalised forms."""
    stream = list(tokens(folded))
    found: list[tuple[int, int]] = []
    for word in words:
        forms = _forms(word)
        found += [
            _as_written(places, stream[n].begin, stream[n + len(forms) - 1].end)
            for n in range(len(stream) - len(forms) + 1 if forms else 0)
            if [token.form for token in stream[n : n + len(forms)]] == forms
        ]
    return found


def _folded(text: str) -> tuple[str, Places]:
    """Return the normalised text and, for each of its characters, its place in `text`."""
    if unicodedata.is_normalized("NFKC", text):
        folded = normalise(text)
        if len(folded) == len(text):  # nothing moved
            return folded, None
    characters: list[str] = []
    places: list[Place] = []
    n = 0
    while n < len(text):
        # A half-width voiced sound mark belongs to the kana before it.
        step = 2 if text[n + 1 : n + 2] in ("ﾞ", "ﾟ") else 1
        folded = _folded_character(text[n : n + step])
        if not folded and places:  # a mark belongs to what it stands on
            places[-1] = (places[-1][0], n + step)
        for character in folded:
            characters.append(character)
            places.append((n, n + step))
        n += step
    return fold_names("".join(characters)), places


@lru_cache(maxsize=8192)
def _folded_character(character: str) -> str:
    return normalise(character)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _pieces(text: str, spans: list[tuple[int, int]], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for begin, stop in spans:
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        if begin > at:
            pieces.append(Piece(text[at:begin], False))
        pieces.append(Piece(text[begin:stop], True))
        at = stop
    if at < end:
        pieces.append(Piece(text[at:end], False))
    return pieces

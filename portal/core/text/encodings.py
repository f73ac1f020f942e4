"""Which encoding a file of a spreadsheet is in: by its mark, else by what makes plausible text."""

from __future__ import annotations

import codecs
import re
from typing import Final

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
KNOWN: Final = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "cp1252"
)  # fmt: skip
_LATIN: Final = re.compile("[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸ]")
_SIGNS: Final = frozenset("’‘“”„–—…€£¥©®™°·«»§¿¡ºª\u00a0²³½¼¾±×µ•")


class BadEncoding(ValueError):
    """The bytes are no text in this encoding, or in any that is known."""


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text of `data` and the name of its encoding, guessed unless given.

    Raises BadEncoding.
    """
    marked = next((name for mark, name in BOMS if data.startswith(mark)), "")
    name = encoding or marked or _without_mark(data)
    try:
        if name:
            return data.decode(name).removeprefix("\ufeff"), name
    except (UnicodeDecodeError, LookupError) as error:
        raise BadEncoding(name) from error
    raise BadEncoding("unknown")


def _without_mark(data: bytes) -> str:
    """Return the most plausible encoding of bytes that carry no mark."""
    if wide := _utf_16(data):
        return wide
    if _reads(data, "utf-8") is not None:
        return "utf-8"
    japanese = [
        (_strangeness(text), name) for name in ("cp932", "euc_jp") if (text := _reads(data, name))
    ]
    scores = {}
    if japanese:
        name = min(japanese)[1]
        scores[name] = _is_japanese(data.decode(name))
    if (latin := _reads(data, "cp1252")) is not None:
        scores["cp1252"] = _is_latin(latin)
    # the first of two equals wins: Japanese
    return max(scores, key=lambda name: scores[name]) if scores else ""


def _reads(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf_16(data: bytes) -> str:
    """Return UTF-16 without its mark: every second byte of Latin letters and delimiters is zero."""
    if len(data) < 4 or len(data) % 2:
        return ""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = len(data) // 2
    if max(even, odd) * 10 < half or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _strangeness(text: str) -> float:
    """Count what hardly occurs in real text: EUC-JP read as CP932 is full of half-width kana and
    private characters.
    """
    odd = sum(
        1
        for c in text
        if "\uff61" <= c <= "\uff9f" or "\ue000" <= c <= "\uf8ff" or ("\x80" <= c <= "\x9f")
    )
    common = sum(1 for c in text if "\u3040" <= c <= "\u30ff")
    return odd - 0.5 * common


def _is_japanese(text: str) -> float:
    """Return the share of characters that stand as Japanese stands: together, or alone beside no
    Latin word.
    """
    runs = list(re.finditer(r"[^\x00-\x7f]+", text))
    good = sum(len(run[0]) for run in runs if len(run[0]) > 1 or _may_stand_alone(text, run))
    return good / (sum(len(run[0]) for run in runs) or 1)


def _may_stand_alone(text: str, run: re.Match[str]) -> bool:
    """Say whether one Japanese character alone is likely: "A社" is, "Children痴" is not."""
    if "\x80" <= run[0] <= "\xff" or "\uff61" <= run[0] <= "\uff9f":
        return False
    around = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
    return re.search("[a-z]|[A-Z]{2}", around) is None


def _is_latin(text: str) -> float:
    """Return the share of characters that stand as accented letters and signs of Latin text do."""
    runs = list(re.finditer(r"[^\x00-\x7f]+", text))
    good = sum(
        len(run[0])
        for run in runs
        if len(run[0]) <= 2
        and all(c in _SIGNS or _LATIN.match(c) for c in run[0])
        and (_inside_word(text, run) or any(c in _SIGNS for c in run[0]))
    )
    return good / (sum(len(run[0]) for run in runs) or 1)


def _inside_word(text: str, run: re.Match[str]) -> bool:
    around = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
    return re.search("[A-Za-z]", around) is not None

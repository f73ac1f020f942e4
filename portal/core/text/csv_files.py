"""Reading CSV as people really send it (encoding, delimiter and BOM guessed) and writing it safe
from formula injection.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_BROKEN = (
    100  # lines whose quotation mark nothing closes; each of them is read again from there
)
DELIMITERS = (",", "\t", ";", "|")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Unreadable(ValueError):
    """The file is empty, no text, or no table."""


# What a spreadsheet skips before it reads a cell: spaces, zero-width characters, byte order marks.
NOT_SEEN = re.compile(r"^[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Table:
    """A table read from a file: every row as long as the header."""

    encoding: str
    delimiter: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(
        default_factory=list
    )  # the line of the file each row ends on, as an editor counts


def read(data: bytes) -> Table:
    """Read `data` as CSV. Raises `Unreadable` with a sentence that says what is wrong."""
    text, encoding = decode(data)
    if not text.strip():
        raise Unreadable("The file is empty.")
    if "\x00" in text:
        raise Unreadable("The file is not a text file.")
    delimiter = guess_delimiter(text)
    try:
        lines = [
            (number, row) for number, row in _records(text, delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Unreadable(f"The file cannot be read as CSV: {error}") from error
    header = [name.strip() for name in lines[0][1]]
    width = len(header)
    rows = [(row + [""] * width)[:width] for _, row in lines[1:]]
    return Table(encoding, delimiter, header, rows, [number for number, _ in lines[1:]])


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return every record with the line it ends on. A quotation mark that nothing closes spoils its
    own line only.

    Left to itself it takes the lines that follow for one cell, and whole rows would be gone without
    a word.
    """
    physical, found, start = list(io.StringIO(text, newline="")), list[tuple[int, list[str]]](), 0
    for _broken in range(MOST_BROKEN):
        reader, begins = csv.reader(physical[start:], delimiter=delimiter), start
        for row in reader:
            ends = start + reader.line_num
            width = len(found[0][1]) if found else len(row)
            if ends - begins > 1 and _is_broken(
                physical[begins:ends], delimiter, fits=len(row) == width
            ):
                found.append(
                    (
                        begins + 1,
                        next(
                            csv.reader(
                                [physical[begins]], delimiter=delimiter, quoting=csv.QUOTE_NONE
                            )
                        ),
                    )
                )
                start = begins + 1
                break
            found.append((ends, row))
            begins = ends
        else:
            return found
    raise Unreadable("Too many quotation marks are not closed.")


def _is_broken(lines: list[str], delimiter: str, *, fits: bool) -> bool:
    """Say whether the quotation marks of these lines are none: nothing closes them, or what they
    make fits no column.
    """
    try:
        for _row in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error) or not fits
    return False


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` and the name of its encoding: BOM first, then UTF-8, then CP932 or
    EUC-JP.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            try:
                return data.decode(name), name
            except UnicodeDecodeError as error:
                raise Unreadable("The file is damaged.") from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    readings = []
    for name in ("cp932", "euc_jp"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        readings.append((_strangeness(text), name, text))
    if not readings:
        raise Unreadable("The encoding of the file is not known. Please save it as UTF-8.")
    _, name, text = min(readings, key=lambda reading: reading[0])
    return text, name


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


def guess_delimiter(text: str) -> str:
    """Return the delimiter that cuts the first records into the most columns of equal number."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = []
        try:
            for row in csv.reader(io.StringIO(text[:65536], newline=""), delimiter=delimiter):
                if row:
                    widths.append(len(row))
                if len(widths) == 20:
                    break
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def safe_cell(value: Any) -> str:
    """Return a cell no spreadsheet takes for a formula; plain negative numbers stay as they are."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS):
        return text if _is_number(text) else "'" + text
    return "'" + text if NOT_SEEN.sub("", text).startswith(FORMULA_STARTS) else text


def write_safe(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return `rows` as CSV bytes: UTF-8 with BOM and CRLF, as Excel in Japan expects, every cell
    made harmless.
    """
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return codecs.BOM_UTF8 + output.getvalue().encode()


def _is_number(text: str) -> bool:
    if not text.isascii() or not text[1:2].isdigit():
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True

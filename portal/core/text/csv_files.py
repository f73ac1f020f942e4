"""Reading CSV as people really send it (encoding, delimiter and BOM guessed) and writing it safe
from formula injection.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.core.text import encodings

MOST_BROKEN = (
    100  # lines whose quotation mark nothing closes; each of them is read again from there
)
DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 50  # records by which the delimiter is guessed
MOST_TITLES = 20  # lines above the header
SEPARATOR = re.compile(r'"?sep=([,;|\t])"?\s*', re.IGNORECASE)  # Excel's first line
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Unreadable(ValueError):
    """The file is empty, no text, or no table."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table read from a file. A row of another length than the header is kept as it is."""

    encoding: str
    delimiter: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(
        default_factory=list
    )  # the line of the file each row ends on, as an editor counts
    header_line: int = 1


def read(
    data: bytes,
    *,
    encoding: str = "",
    delimiter: str = "",
    header_line: int = 0,
    names: Callable[[str], bool] = lambda _name: False,
) -> Table:
    """Read `data` as CSV; encoding, delimiter and header are guessed unless given.

    `names` says which column names are known: a line that has them is the header. Raises
    `Unreadable` with a sentence that says what is wrong.
    """
    try:
        text, encoding = encodings.decode(data, encoding)
    except encodings.BadEncoding as error:
        raise Unreadable("The encoding of the file is not known, or it is damaged.") from error
    if not text.strip():
        raise Unreadable("The file is empty.")
    if "\x00" in text:
        raise Unreadable("The file is not a text file.")
    text, said = _without_separator_line(text)
    delimiter = delimiter or said or guess_delimiter(text)
    try:
        lines = [
            (number + bool(said), row)
            for number, row in _records(text, delimiter)
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Unreadable(f"The file cannot be read as CSV: {error}") from error
    if not lines:
        raise Unreadable("The file is empty.")
    first = _header(lines, header_line, names)
    titles, below = [name.strip() for name in lines[first][1]], lines[first + 1 :]
    width = _width(titles, [row for _, row in below])
    return Table(
        encoding,
        delimiter,
        titles[:width],
        [_trimmed(row, width) for _, row in below],
        [number for number, _ in below],
        lines[first][0],
    )


def _width(titles: list[str], rows: list[list[str]]) -> int:
    """Return how many columns there are: those with a name, and the nameless ones that hold
    something.
    """
    named = len(_trimmed(titles, 1))
    fitting = (row for row in rows if len(row) <= len(titles))
    return max((len(_trimmed(row, named)) for row in fitting), default=named)


def _without_separator_line(text: str) -> tuple[str, str]:
    """Return the text below Excel's "sep=;" and the delimiter it names."""
    first, end, rest = text.partition("\n")
    said = SEPARATOR.fullmatch(first.rstrip("\r"))
    return (rest, said[1]) if said and end else (text, "")


def _header(
    lines: list[tuple[int, list[str]]], header_line: int, names: Callable[[str], bool]
) -> int:
    """Return which record is the header: the chosen line, else the one with the most known names,
    else the first as wide as the table.
    """
    if header_line:
        return next((at for at, (line, _) in enumerate(lines) if line >= header_line), 0)
    above = [row for _, row in lines[: MOST_TITLES + 1]]
    known = [sum(1 for cell in row if cell.strip() and names(cell)) for row in above]
    if max(known) > 1:
        return known.index(max(known))
    widths = [len(_trimmed(row, 1)) for row in above]
    usual = Counter(len(row) for _, row in lines).most_common(1)[0][0]
    return next((at for at, width in enumerate(widths) if width >= max(usual - 1, 2)), 0)


def _trimmed(row: list[str], width: int) -> list[str]:
    """Return a row without the empty cells that trailing delimiters make beyond `width`."""
    end = len(row)
    while end > width and not row[end - 1].strip():
        end -= 1
    return row[:end]


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
            if ends - begins > 1 and _is_broken(physical[begins:ends], delimiter):
                found.append((begins + 1, _unquoted(physical[begins], delimiter)))
                start = begins + 1
                break
            found.append((ends, row))
            begins = ends
        else:
            return found
    raise Unreadable("Too many quotation marks are not closed.")


def _unquoted(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))


def _is_broken(lines: list[str], delimiter: str) -> bool:
    """Say whether the quotation marks of these lines are none: nothing closes them, or one of
    another row does.
    """
    try:
        for _row in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return True
    return False


def guess_delimiter(text: str) -> str:
    """Return the delimiter that cuts the most of the first records into equally many columns."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths: list[int] = []
        try:
            for row in csv.reader(io.StringIO(text[:65536], newline=""), delimiter=delimiter):
                if any(map(str.strip, row)):
                    widths.append(len(row))
                if len(widths) == LOOKED_AT:
                    break
        except csv.Error:
            continue
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            continue
        usual, count = max(wide.items(), key=lambda item: (item[1], item[0]))
        score = (count / len(widths), usual)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def safe_cell(value: Any) -> str:
    """Return a cell no spreadsheet takes for a formula; plain negative numbers stay as they are."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not _is_number(text):
        return "'" + text
    return text


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

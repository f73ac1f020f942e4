"""Days as people type them, a line each: `2026-08-13 Summer break`, every year `12-29..01-03`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from portal.core.time import Days

LEAP: Final = 2000  # a yearly day is kept as one of this year
MOST_LINES: Final = 200
DAY: Final = r"(?:(\d{4})[-/.])?(\d{1,2})[-/](\d{1,2})"
LINE: Final = re.compile(rf"^{DAY}(?:\s*(?:\.\.|~|–|—|〜)\s*{DAY})?(?:\s+(.*))?$")


class BadLine(ValueError):
    """A line that is no day; `line` is what was typed."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def parse_days(text: str) -> tuple[Days, ...]:
    """Return the days of a text. Raises BadLine."""
    lines = [line.strip() for line in text.splitlines()]
    return tuple(_parse(line) for line in lines if line)


def _parse(line: str) -> Days:
    found = LINE.match(unicodedata.normalize("NFKC", line))
    if found is None:
        raise BadLine(line)
    year, month, day, last_year, last_month, last_day, label = found.groups()
    if last_month and bool(year) != bool(last_year):
        raise BadLine(line)
    try:
        first = date(int(year or LEAP), int(month), int(day))
        last = date(int(last_year or LEAP), int(last_month), int(last_day)) if last_month else first
    except ValueError as error:
        raise BadLine(line) from error
    if year and last < first:
        raise BadLine(line)
    return Days(first, last, yearly=not year, label=(label or "").strip())


def write_days(days: tuple[Days, ...]) -> str:
    """Return the text from which the days are read."""
    return "\n".join(_written(each) for each in days)


def _written(days: Days) -> str:
    pattern = "%m-%d" if days.yearly else "%Y-%m-%d"
    first, last = days.first.strftime(pattern), days.last.strftime(pattern)
    span = first if first == last else f"{first}..{last}"
    return f"{span} {days.label}".rstrip()

"""What a calendar says of the days to come, so that a mistake in it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from portal.core.time import DAY, Calendar, is_business_day, named_holidays

AHEAD: Final = timedelta(days=366)
# The names of public holidays in our languages, as the library calls them
NAMES_IN: Final = {"ja": "ja", "en": "en_US"}


@dataclass(frozen=True)
class Stretch:
    """One day or several in a row that depart from the week for the same reason."""

    first: date
    last: date
    kind: Literal["holiday", "closed", "open"]
    label: str


def departures(calendar: Calendar, today: date, language: str, count: int) -> list[Stretch]:
    """Return the next days that are no ordinary ones, at most a year ahead."""
    found: list[Stretch] = []
    for stretch in _each_day(calendar, today, language):
        last = found[-1] if found else None
        if (
            last
            and (last.kind, last.label) == (stretch.kind, stretch.label)
            and (last.last + DAY == stretch.first)
        ):
            found[-1] = Stretch(last.first, stretch.last, last.kind, last.label)
        elif len(found) == count:
            break
        else:
            found.append(stretch)
    return found


def _each_day(calendar: Calendar, today: date, language: str) -> Iterator[Stretch]:
    names: dict[date, str] = {}
    day, last = today, today + AHEAD
    while day <= last:
        if calendar.country and (day == today or (day.month, day.day) == (1, 1)):
            names = named_holidays(
                calendar.country,
                calendar.subdivision,
                day.year,
                NAMES_IN.get(language),
            )
        label = next((each.label for each in calendar.open_days if day in each), None)
        if label is not None:
            yield Stretch(day, day, "open", label)
        elif day in names:
            yield Stretch(day, day, "holiday", names[day])
        else:
            label = next((each.label for each in calendar.closed_days if day in each), None)
            if label is not None:
                yield Stretch(day, day, "closed", label)
        day += DAY


def longest_rest(calendar: Calendar, today: date, years: int) -> tuple[date, int]:
    """Return where the longest time without a business day begins in the years to come, and how
    many days it has.
    """
    best, best_from, run = 0, today, 0
    for number in range(years * 366):
        day = today + timedelta(days=number)
        run = 0 if is_business_day(day, calendar) else run + 1
        if run > best:
            best, best_from = run, day - timedelta(days=run - 1)
    return best_from, best


def hours_in_words(calendar: Calendar) -> str:
    """09:00–18:00 (Europe/London)."""
    opens, closes = (
        f"{each // 60:02d}:{each % 60:02d}" for each in (calendar.opens, calendar.closes)
    )
    return f"{opens}–{closes} ({calendar.zone_name})"

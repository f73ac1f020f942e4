"""The clock, read only at the edges, and the one place that cuts days, weeks, months and business
hours.

Everything but `now` is pure: a calendar or a time zone comes in, moments in UTC go out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
MINUTES_A_DAY: Final = 24 * 60
LONGEST_REST: Final = 400  # days in a row without a business day before a calendar counts as broken


def now() -> datetime:
    """Return the current moment, aware, in UTC.

    Only views, tasks, commands and receivers call it.
    """
    return datetime.now(UTC)


class NoBusinessDay(ValueError):
    """The calendar has no business day for more than a year."""


@dataclass(frozen=True)
class Days:
    """Days that are open or closed beyond the rule: one day or several, once or every year."""

    first: date  # of a leap year when yearly, so that 02-29 can be written
    last: date
    yearly: bool = False
    label: str = ""

    def __contains__(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        begin, end, this = ((each.month, each.day) for each in (self.first, self.last, day))
        return begin <= this <= end if begin <= end else this >= begin or this <= end


@dataclass(frozen=True)
class Calendar:
    """When an office is open: time zone, public holidays, weekdays, hours, and what departs from
    them.
    """

    zone_name: str
    country: str = ""  # ISO 3166-1, "" for no public holidays
    subdivision: str = ""  # ISO 3166-2 without the country
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})  # ISO: Monday is 1
    opens: int = 9 * 60  # minutes after midnight
    closes: int = 18 * 60
    closed_days: tuple[Days, ...] = ()
    open_days: tuple[Days, ...] = ()  # these win over everything that closes a day

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


Place = Calendar | ZoneInfo


def _zone_of(place: Place) -> ZoneInfo:
    return place.zone if isinstance(place, Calendar) else place


# --- cutting time into days, weeks and months ---


def day_of(moment: datetime, place: Place) -> date:
    """Return the day a moment falls on there."""
    return moment.astimezone(_zone_of(place)).date()


def month_of(moment: datetime, place: Place) -> date:
    """Return the first day of the month a moment falls in there."""
    return day_of(moment, place).replace(day=1)


def add_months(month: date, count: int) -> date:
    """Return the first day of the month so many months later (or earlier)."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def start_of_day(day: date, place: Place) -> datetime:
    """Return the moment a day begins there; where midnight is skipped, the moment that skips it."""
    return moment_at(day, 0, place)


def end_of_day(day: date, place: Place) -> datetime:
    """Return the moment a day is over: when the next one begins."""
    return start_of_day(day + DAY, place)


def start_of_month(moment: datetime, place: Place) -> datetime:
    """Return the moment the month began."""
    return start_of_day(month_of(moment, place), place)


def week_around(moment: datetime, place: Place) -> tuple[datetime, datetime]:
    """Return the moments the ISO week begins and ends there."""
    day = day_of(moment, place)
    monday = day - timedelta(days=day.weekday())
    return start_of_day(monday, place), start_of_day(monday + timedelta(days=7), place)


def moment_at(day: date, minutes: int, place: Place) -> datetime:
    """Return the moment, in UTC, when the clocks show so many minutes after midnight.

    A time that the clocks show twice is the first of both, one that they skip is the moment they
    skip it.
    """
    zone = _zone_of(place)
    wall = datetime.combine(day, dt.time.min) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _skip_between(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _skip_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second between both at which the clocks are put forward."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        is_before = (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset
        low, high = (middle, high) if is_before else (low, middle)
    return before + timedelta(seconds=high)


# --- business days and hours ---


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year; none where no country is named."""
    return frozenset(named_holidays(country, subdivision, year)) if country else frozenset()


def named_holidays(
    country: str, subdivision: str, year: int, language: str | None = None
) -> dict[date, str]:
    """Return the public holidays of a year with their names, in the language where it is known."""
    import holidays  # a quarter of a second: only where business days are counted

    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language=language
    )
    return {day: name for day, name in sorted(found.items()) if day.year == year}


@lru_cache(maxsize=512)
def business_days(calendar: Calendar, year: int) -> frozenset[date]:
    """Return the days of a year on which the office is open."""
    shut = public_holidays(calendar.country, calendar.subdivision, year)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))
    return frozenset(day for day in days if _is_open(day, calendar, shut))


def _is_open(day: date, calendar: Calendar, shut: frozenset[date]) -> bool:
    if any(day in days for days in calendar.open_days):
        return True
    return (
        day.isoweekday() in calendar.weekdays
        and day not in shut
        and not any(day in days for days in calendar.closed_days)
    )


def is_business_day(day: date, calendar: Calendar) -> bool:
    """Say whether the office is open that day."""
    return day in business_days(calendar, day.year)


def _business_days_from(day: date, calendar: Calendar, step: int = 1) -> Iterator[date]:
    """Yield business days, from this one on. Raises NoBusinessDay where none follows."""
    rest, year, open_days = 0, day.year, business_days(calendar, day.year)
    while rest <= LONGEST_REST:
        if day.year != year:
            year, open_days = day.year, business_days(calendar, day.year)
        if day in open_days:
            rest = 0
            yield day
        else:
            rest += 1
        day += timedelta(days=step)
    raise NoBusinessDay(calendar)


def next_business_day(day: date, calendar: Calendar) -> date:
    """Return this day when it is a business day, else the next one. Raises NoBusinessDay."""
    return next(_business_days_from(day, calendar))


def add_business_days(day: date, count: int, calendar: Calendar) -> date:
    """Return the business day so many business days after a day (before it, when negative).

    0 is the day itself or the next business day. Raises NoBusinessDay.
    """
    if count == 0:
        return next_business_day(day, calendar)
    step = 1 if count > 0 else -1
    days = _business_days_from(day + timedelta(days=step), calendar, step)
    return next(each for number, each in enumerate(days, 1) if number == abs(count))


def opening_hours(day: date, calendar: Calendar) -> tuple[datetime, datetime]:
    """Return when the office opens and closes on a business day."""
    return moment_at(day, calendar.opens, calendar), moment_at(day, calendar.closes, calendar)


def closing_of(day: date, calendar: Calendar) -> datetime:
    """Return the moment the working day ends, business day or not."""
    return moment_at(day, calendar.closes, calendar)


def business_due(start: datetime, hours: float, calendar: Calendar) -> datetime:
    """Return the moment so many business hours after `start`, in UTC.

    Hours are hours that pass: where the clocks are changed while the office is open, that day is
    an hour shorter or longer. Raises NoBusinessDay.
    """
    left, start = timedelta(hours=hours), start.astimezone(UTC)
    for day in _business_days_from(day_of(start, calendar), calendar):
        opens, closes = opening_hours(day, calendar)
        begin = max(start, opens)
        if begin < closes:
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
    raise AssertionError("unreachable: business days do not end")


def latest_start(due: datetime, hours: float, calendar: Calendar) -> datetime:
    """Return the latest moment whose deadline of so many business hours is over at `due`.

    Raises NoBusinessDay.
    """
    instant = timedelta.resolution
    left, until = timedelta(hours=hours), due.astimezone(UTC) - instant
    for day in _business_days_from(day_of(until, calendar), calendar, -1):
        opens, closes = opening_hours(day, calendar)
        end = min(until, closes)
        if end < opens:
            continue
        if end - left >= opens:
            return min(end - left, closes - instant)  # whoever begins at closing begins tomorrow
        left -= end - opens
    raise AssertionError("unreachable: business days do not end")

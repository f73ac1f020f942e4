"""The clock, read only at the edges of the system, and the business calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(18)
TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """Return the current moment, aware, in UTC.

    Only views, tasks, commands and receivers call it.
    """
    return datetime.now(UTC)


def _nth_monday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (n - 1))


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Return Japan's national holidays of a year (Act on National Holidays; equinox formula valid
    1980-2099).
    """
    spring = int(20.8431 + 0.242194 * (year - 1980) - (year - 1980) // 4)
    autumn = int(23.2488 + 0.242194 * (year - 1980) - (year - 1980) // 4)
    days = {
        date(year, 1, 1),
        _nth_monday(year, 1, 2),
        date(year, 2, 11),
        date(year, 2, 23),
        date(year, 3, spring),
        date(year, 4, 29),
        date(year, 5, 3),
        date(year, 5, 4),
        date(year, 5, 5),
        _nth_monday(year, 7, 3),
        date(year, 8, 11),
        _nth_monday(year, 9, 3),
        date(year, 9, autumn),
        _nth_monday(year, 10, 2),
        date(year, 11, 3),
        date(year, 11, 23),
    }
    for day in sorted(days):
        if day.weekday() == 6:  # a holiday on a Sunday moves to the next day that is not one
            moved = day + timedelta(days=1)
            while moved in days:
                moved += timedelta(days=1)
            days.add(moved)
    between = date(year, 9, autumn) - timedelta(days=1)
    if (
        between - timedelta(days=1) in days and between.weekday() != 6
    ):  # a day between two holidays is one
        days.add(between)
    return frozenset(days)


def is_business_day(day: date) -> bool:
    """Say whether offices are open: Monday to Friday, no national holiday, no New Year break (12-29
    to 01-03).
    """
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not new_year and day not in holidays(day.year)


def business_due(start: datetime, hours: float, *, zone: str = "Asia/Tokyo") -> datetime:
    """Return the moment `hours` business hours (9:00-18:00 in `zone`) after `start`, in UTC."""
    moment = start.astimezone(ZoneInfo(zone))
    left = timedelta(hours=hours)
    while True:
        opens = moment.replace(hour=OPENS.hour, minute=0, second=0, microsecond=0)
        closes = moment.replace(hour=CLOSES.hour, minute=0, second=0, microsecond=0)
        if is_business_day(moment.date()) and moment < closes:
            moment = max(moment, opens)
            if moment + left <= closes:
                return (moment + left).astimezone(UTC)
            left -= closes - moment
        moment = opens + timedelta(days=1)

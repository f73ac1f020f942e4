"""The business calendars of this installation: the site's, and those of teams that keep their own.

The environment gives the site's until an administrator saves one. A process reads all of them at
once and looks again after half a minute, so that asking for one costs no query.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from importlib import resources
from time import monotonic
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from portal.core.calendar.day_lines import parse_days
from portal.core.time import Calendar

SITE: Final = "site"
SECONDS: Final = 30.0
NEW_YEAR: Final = {"JP": "12-29..01-03"}  # offices are closed though it is no public holiday
HOURS: Final = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")

_known: tuple[float, dict[str, Calendar]] | None = None


def site_calendar() -> Calendar:
    """Return the calendar that holds wherever nothing else is said."""
    return calendar_named(SITE)


def calendar_named(name: str) -> Calendar:
    """Return the calendar of a name, or the site's where that has none of its own."""
    found = _all()
    return found.get(name) or found.get(SITE) or default_calendar()


def _all() -> dict[str, Calendar]:
    global _known
    known = _known
    if known is None or monotonic() >= known[0]:
        try:
            found = read_all()
        except DatabaseError:
            if known is None:
                raise
            found = known[1]  # yesterday's hours are better than no page
        remember(found)
        return found
    return known[1]


def read_all() -> dict[str, Calendar]:
    """Return every saved calendar as the database has it now."""
    from portal.core.models import BusinessCalendar  # models import this module

    return {row.name: row.as_calendar() for row in BusinessCalendar.objects.all()}


def read_site() -> Calendar:
    """Return the site's calendar as the database has it now, for what is kept by day or month."""
    return read_all().get(SITE) or default_calendar()


def remember(found: dict[str, Calendar]) -> None:
    """Take these for the calendars until it is time to look again."""
    global _known
    _known = (monotonic() + SECONDS, found)


def forget() -> None:
    """Look again at the next question."""
    global _known
    _known = None


def site_zone_name() -> str:
    """Return the site's time zone, which people have who chose none."""
    return site_calendar().zone_name


def default_zone_name() -> str:
    """Return the environment's time zone: a model's default, which may not ask the database."""
    return str(settings.TIME_ZONE)


@cache
def default_calendar() -> Calendar:
    """Return the calendar that the environment describes."""
    zone = settings.TIME_ZONE
    named = settings.HAZUMI_COUNTRY
    country, _, subdivision = (country_of(zone) if named is None else named).partition("-")
    opens, closes = parse_hours(settings.HAZUMI_WORKING_HOURS)
    return Calendar(
        zone_name=zone,
        country=country.upper(),
        subdivision=subdivision,
        opens=opens,
        closes=closes,
        closed_days=parse_days(NEW_YEAR.get(country.upper(), "")),
    )


def parse_hours(text: str) -> tuple[int, int]:
    """Return opening and closing of `09:00-18:00` in minutes. Raises ImproperlyConfigured."""
    found = HOURS.match(text.strip())
    opens, closes = (
        (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
        if found
        else (0, 0)
    )
    if not opens < closes <= timedelta(days=1) // timedelta(minutes=1):
        raise ImproperlyConfigured(f"HAZUMI_WORKING_HOURS={text!r} is not like 09:00-18:00")
    return opens, closes


def country_of(zone: str) -> str:
    """Return the country a time zone belongs to, "" for zones of none such as UTC."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if not line.startswith("#") and line.split("\t")[2] == zone:
            return line[:2]
    return ""


def country_names() -> dict[str, str]:
    """Return the countries whose public holidays are known, by code, with their English names."""
    import holidays  # large: only the settings page lists countries

    supported = holidays.list_supported_countries()
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {code: name for code, name in rows if code in supported}


def subdivisions_of(country: str) -> tuple[str, ...]:
    """Return the codes of regions with holidays of their own."""
    import holidays  # large: only the settings page lists countries

    return tuple(holidays.list_supported_countries().get(country, ()))

"""Days, months and business hours in any time zone: against a clock that goes minute by minute,
and where clocks jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core import time
from portal.core.calendar.day_lines import parse_days
from portal.core.time import Calendar, NoBusinessDay, business_due

MINUTE = timedelta(minutes=1)
TOKYO = Calendar("Asia/Tokyo", "JP", closed_days=parse_days("12-29..01-03"))
LONDON = Calendar("Europe/London", "GB", "ENG")
ZONES = (
    "Asia/Tokyo",
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",  # half an hour
    "Australia/Lord_Howe",  # summer time of half an hour, in the south
    "America/Santiago",  # the clocks skip midnight
    "Pacific/Apia",  # a whole day was skipped
    "UTC",
)
# Moments around which clocks were changed somewhere, and quiet ones
ANCHORS = tuple(
    datetime.fromisoformat(text)
    for text in (
        "2026-03-08T07:00:00+00:00",
        "2026-03-29T01:00:00+00:00",
        "2026-10-03T15:30:00+00:00",
        "2026-10-25T01:00:00+00:00",
        "2026-11-01T06:00:00+00:00",
        "2026-09-06T04:00:00+00:00",
        "2026-04-05T03:00:00+00:00",
        "2011-12-30T10:00:00+00:00",
        "2026-12-25T12:00:00+00:00",
        "2028-02-28T22:00:00+00:00",
        "2026-05-02T03:00:00+00:00",
    )
)


def at(text: str, zone: str) -> datetime:
    """A time on the clocks of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    opens = draw(st.integers(0, 1439))
    return Calendar(
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from(("", "JP", "GB", "US"))),
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        opens=opens,
        closes=draw(st.integers(opens + 1, 1440)),
        closed_days=parse_days(draw(st.sampled_from(("", "12-29..01-03", "03-29", "02-29")))),
        open_days=parse_days(draw(st.sampled_from(("", "2026-03-29..2026-03-30")))),
    )


moments = st.builds(
    lambda anchor, minutes: anchor + timedelta(minutes=minutes),
    st.sampled_from(ANCHORS),
    st.integers(-4 * 1440, 4 * 1440),
)
minutes_of_work = st.integers(0, 20 * 60)


def working_minutes(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, bool]]:
    """Every minute from the day before `start` on, and whether the office is open in it: from when
    its clock first shows the opening hour until it first shows the closing hour.
    """
    moment = start - timedelta(days=3)
    day, was_opened, was_closed = None, False, False
    seen: set[date] = set()
    while True:
        local = moment.astimezone(calendar.zone)
        if local.date() != day and local.date() not in seen:
            day, was_opened, was_closed = local.date(), False, False
            seen.add(local.date())
        wall = local.hour * 60 + local.minute
        was_opened = was_opened or wall >= calendar.opens
        was_closed = was_closed or wall >= calendar.closes
        is_open = was_opened and not was_closed and time.is_business_day(local.date(), calendar)
        yield moment, is_open
        moment += MINUTE


def due_by_the_minute(start: datetime, minutes: int, calendar: Calendar) -> datetime | None:
    """Count minutes one by one; None when that takes more than three weeks."""
    left = minutes
    for moment, is_open in working_minutes(start, calendar):
        if moment > start + timedelta(days=21):
            return None
        if moment < start or not is_open:
            continue
        if left == 0:
            return moment
        left -= 1
        if left == 0 and minutes:
            return moment + MINUTE
    return None


@settings(max_examples=40, deadline=None)
@given(moments, minutes_of_work, calendars())
def test_due_agrees_with_a_clock_that_goes_minute_by_minute(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    expected = due_by_the_minute(start, minutes, calendar)
    assume(expected is not None)
    assert business_due(start, minutes / 60, calendar) == pytest.approx(expected, abs=MINUTE / 1000)


@settings(deadline=None)
@given(moments, minutes_of_work, calendars())
def test_due_lies_within_opening_hours(start: datetime, minutes: int, calendar: Calendar) -> None:
    due = business_due(start, minutes / 60, calendar)
    assert due >= start
    around = time.day_of(due, calendar)
    days = (around - time.DAY, around)  # a day may close at the very midnight that ends it
    hours = [
        time.opening_hours(day, calendar) for day in days if time.is_business_day(day, calendar)
    ]
    assert any(opens <= due <= closes for opens, closes in hours)


@settings(deadline=None)
@given(moments, minutes_of_work, st.integers(0, 600), st.integers(0, 3000), calendars())
def test_due_never_runs_backwards(
    start: datetime, minutes: int, more: int, later: int, calendar: Calendar
) -> None:
    due = business_due(start, minutes / 60, calendar)
    assert business_due(start, (minutes + more) / 60, calendar) >= due
    assert business_due(start + later * MINUTE, minutes / 60, calendar) >= due


@settings(deadline=None, max_examples=20)
@given(
    moments,
    st.integers(1, 20 * 60),
    calendars().filter(lambda found: found.closes - found.opens > 240),
)
def test_the_latest_start_is_the_border_of_what_is_over(
    now: datetime, minutes: int, calendar: Calendar
) -> None:
    border = time.latest_start(now, minutes / 60, calendar)
    assert business_due(border, minutes / 60, calendar) < now
    assert business_due(border + timedelta.resolution, minutes / 60, calendar) >= now


def test_the_latest_start_reaches_as_far_back_as_the_hours_do() -> None:
    now = at("2026-11-20T10:00", "Asia/Tokyo")
    border = time.latest_start(now, 900, TOKYO)  # a hundred business days
    assert border < now - timedelta(days=130)


# --- the case this was made for ---


def test_a_promise_in_london_falls_due_in_london() -> None:
    start = at("2026-11-24T10:00", "Europe/London")  # a Tuesday
    assert business_due(start, 4, LONDON) == at("2026-11-24T14:00", "Europe/London")
    assert business_due(start, 9, LONDON) == at("2026-11-25T10:00", "Europe/London")


def test_london_keeps_its_own_holidays() -> None:
    assert not time.is_business_day(date(2026, 12, 25), LONDON)
    assert not time.is_business_day(date(2026, 12, 28), LONDON)  # for Boxing Day, a Saturday
    assert not time.is_business_day(date(2026, 4, 6), LONDON)  # Easter Monday
    assert time.is_business_day(date(2026, 4, 6), replace(LONDON, subdivision="SCT"))
    assert time.is_business_day(date(2026, 11, 23), LONDON)
    christmas_eve = at("2026-12-24T17:00", "Europe/London")
    assert business_due(christmas_eve, 2, LONDON) == at("2026-12-29T10:00", "Europe/London")


# --- Tokyo, as it always was ---


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T10:00", 8, "2026-11-20T18:00"),  # exactly at closing time
        ("2026-11-20T10:01", 8, "2026-11-24T09:01"),  # Friday evening, then Monday's holiday
        ("2026-11-20T18:00", 0, "2026-11-24T09:00"),  # begun when it closes
        ("2026-11-20T17:59:59", 0, "2026-11-20T17:59:59"),
        ("2026-11-23T12:00", 4, "2026-11-24T13:00"),  # begun on a holiday
        ("2026-11-20T03:00", 1, "2026-11-20T10:00"),  # before it opens
        ("2026-12-28T17:00", 2, "2027-01-04T10:00"),  # over New Year
        ("2026-09-18T17:30", 1, "2026-09-24T09:30"),  # four days in a row, one of them between two
        ("2028-02-28T17:00", 2, "2028-02-29T10:00"),  # a leap day is a day
        ("2026-11-20T09:00", 18, "2026-11-24T18:00"),
    ],
)
def test_tokyo_stays_to_the_minute_as_it_was(start: str, hours: float, due: str) -> None:
    found = business_due(at(start, "Asia/Tokyo"), hours, TOKYO)
    assert found == at(due, "Asia/Tokyo")
    assert found.tzinfo is UTC


def test_japans_holidays_of_a_year() -> None:
    found = {f"{day:%m-%d}" for day in time.public_holidays("JP", "", 2026)}
    assert found == {
        *("01-01", "01-12", "02-11", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05"),
        *("05-06", "07-20", "08-11", "09-21", "09-22", "09-23", "10-12", "11-03", "11-23"),
    }


# --- where clocks jump ---


def test_a_time_that_is_skipped_is_the_moment_that_skips_it() -> None:
    zone = ZoneInfo("Europe/London")
    skipped = time.moment_at(date(2026, 3, 29), 90, zone)  # 01:30, and the clocks go from 1 to 2
    assert skipped == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first() -> None:
    zone = ZoneInfo("Europe/London")
    assert time.moment_at(date(2026, 10, 25), 90, zone) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Santiago", date(2026, 9, 6), 23),  # begins at 01:00
        ("Pacific/Apia", date(2011, 12, 30), 0),  # never was
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_its_clocks_make_it(zone: str, day: date, hours: float) -> None:
    place = ZoneInfo(zone)
    length = time.end_of_day(day, place) - time.start_of_day(day, place)
    assert length == timedelta(hours=hours)


def test_a_support_desk_that_never_closes_counts_the_hour_that_is_missing() -> None:
    always = Calendar("Europe/London", weekdays=frozenset(range(1, 8)), opens=0, closes=1440)
    start = at("2026-03-28T12:00", "Europe/London")
    assert business_due(start, 24, always) == start.astimezone(UTC) + timedelta(hours=24)
    assert business_due(start, 24, always) == at("2026-03-29T13:00", "Europe/London")


@given(moments, st.sampled_from(ZONES))
def test_a_day_a_week_and_a_month_hold_their_moment(moment: datetime, name: str) -> None:
    place = ZoneInfo(name)
    day, month = time.day_of(moment, place), time.month_of(moment, place)
    assert time.start_of_day(day, place) <= moment < time.end_of_day(day, place)
    assert time.start_of_month(moment, place) <= moment
    assert moment < time.start_of_day(time.add_months(month, 1), place)
    start, end = time.week_around(moment, place)
    assert start <= moment < end
    assert start.astimezone(place).weekday() == 0
    assert end == time.week_around(end, place)[0]


def test_half_an_hour_decides_the_day_in_kolkata() -> None:
    moment = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    assert time.day_of(moment, ZoneInfo("Asia/Kolkata")) == date(2026, 12, 1)
    assert time.month_of(moment - MINUTE, ZoneInfo("Asia/Kolkata")) == date(2026, 11, 1)


# --- days ---


def test_business_days_are_added_and_taken_away() -> None:
    friday = date(2026, 11, 20)
    assert time.add_business_days(friday, 0, TOKYO) == friday
    assert time.add_business_days(friday, 1, TOKYO) == date(2026, 11, 24)
    assert time.add_business_days(date(2026, 11, 21), 0, TOKYO) == date(2026, 11, 24)
    assert time.add_business_days(date(2026, 11, 24), -1, TOKYO) == friday
    assert time.add_business_days(date(2026, 11, 22), 2, TOKYO) == date(2026, 11, 25)


def test_days_that_are_open_all_the_same_win() -> None:
    odd = replace(TOKYO, open_days=parse_days("2026-11-21 棚卸し\n2026-12-29"))
    assert time.is_business_day(date(2026, 11, 21), odd)
    assert time.is_business_day(date(2026, 12, 29), odd)
    assert not time.is_business_day(date(2026, 12, 30), odd)


def test_a_calendar_without_a_working_day_is_refused_not_waited_for() -> None:
    never = replace(TOKYO, closed_days=parse_days("01-01..12-31"))
    with pytest.raises(NoBusinessDay):
        business_due(at("2026-11-20T10:00", "Asia/Tokyo"), 1, never)
    with pytest.raises(NoBusinessDay):
        time.add_business_days(date(2026, 11, 20), 1, never)

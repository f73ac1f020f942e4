"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.calendar.day_lines import BadLine, parse_days, write_days
from portal.core.time import Days

dates = st.dates(date(2000, 1, 1), date(2099, 12, 31))
labels = st.sampled_from(["", "夏季休業", "Summer break"])


@st.composite
def some_days(draw: st.DrawFn) -> Days:
    one, other = draw(dates), draw(dates)
    if draw(st.booleans()):
        first, last = (
            day.replace(year=2000)
            if day.year % 4 == 0 or (day.month, day.day) != (2, 29)
            else date(2000, 2, 28)
            for day in (one, other)
        )
        return Days(first, last, yearly=True, label=draw(labels))
    return Days(min(one, other), max(one, other), label=draw(labels))


@given(st.lists(some_days(), max_size=8))
def test_what_is_written_is_read_again(days: list[Days]) -> None:
    assert parse_days(write_days(tuple(days))) == tuple(days)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("2026-08-13", "2026-08-13", "2027-08-13"),
        ("２０２６／８／１３〜２０２６／８／１５　夏季休業", "2026-08-14", "2026-08-16"),
        ("12-29..01-03", "2031-01-02", "2031-01-04"),
        ("12/29～1/3 年末年始", "2030-12-31", "2030-12-28"),
        ("02-29", "2028-02-29", "2027-02-28"),
        ("5-1 – 5-2 Golden Week", "2026-05-02", "2026-05-03"),
    ],
)
def test_a_line_means_what_people_mean(text: str, inside: str, outside: str) -> None:
    (days,) = parse_days(f"\n  {text} \n\n")
    assert date.fromisoformat(inside) in days
    assert date.fromisoformat(outside) not in days


@pytest.mark.parametrize(
    "text",
    ["Christmas", "2026-02-29", "13-01", "2026-08-15..2026-08-13", "2026-08-13..08-15", "12-29.."],
)
def test_a_line_that_is_no_day_is_named(text: str) -> None:
    with pytest.raises(BadLine) as refused:
        parse_days(f"2026-01-01\n{text}")
    assert refused.value.line == text

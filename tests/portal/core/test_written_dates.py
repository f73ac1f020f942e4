"""Written dates: the right day or none; the order of a column is found or asked."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text.dates import BadDate, is_open, possible_orders, read_date

TOKYO = ZoneInfo("Asia/Tokyo")


def day(text: str, order: str = "") -> str:
    try:
        return read_date(text, zone=TOKYO, order=order).astimezone(TOKYO).isoformat()[:16]
    except BadDate as error:
        return error.reason


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01",
        "2026/4/1",
        "2026.04.01",
        "２０２６／０４／０１",
        "2026年4月1日",
        "2026年4月1日（水）",
        "令和8年4月1日",
        "R8.4.1",
        "20260401",
        "46113",
        "01.04.2026",
        "1-Apr-2026",
        "1 April 2026",
        "Apr 1, 2026",
        "2026-04-01T00:00:00+09:00",
        "2026-03-31T15:00:00Z",
        "2026-03-31T15:00:00.000+0000",
        "2026-04-01 00:00",
        "2026-04-01 12:00 AM",
        "1774969200",
        "1774969200000",
    ],
)
def test_the_first_of_april(text: str) -> None:
    assert day(text) == "2026-04-01T00:00"


@pytest.mark.parametrize(
    ("text", "order", "found"),
    [
        ("4/1/2026", "", "ambiguous_date"),
        ("4/1/2026", "mdy", "2026-04-01T00:00"),
        ("4/1/2026", "dmy", "2026-01-04T00:00"),
        ("4/1/26", "", "ambiguous_date"),
        ("26/4/1", "ymd", "2026-04-01T00:00"),
        ("13/4/2026", "", "2026-04-13T00:00"),
        ("4/13/2026", "", "2026-04-13T00:00"),
        ("13/4/2026", "mdy", "no_date"),
        ("1/1/2026", "", "2026-01-01T00:00"),
        ("2026-04-01", "dmy", "2026-04-01T00:00"),
        ("4/1/2026 2:30 PM", "mdy", "2026-04-01T14:30"),
        ("2026年4月1日 午後3:05", "", "2026-04-01T15:05"),
        ("2026年4月1日10時30分", "", "2026-04-01T10:30"),
        ("20260401103000", "", "2026-04-01T10:30"),
        ("46113.5", "", "2026-04-01T12:00"),
        ("令和元年5月1日", "", "2019-05-01T00:00"),
        ("平成31年4月30日", "", "2019-04-30T00:00"),
        ("2026-02-30", "", "no_date"),
        ("2026-04-01 25:00", "", "no_date"),
        ("0001-01-01", "", "no_date"),
        ("9999-12-31", "", "no_date"),
        ("12026", "", "no_date"),
        ("1 Foo 2026", "", "no_date"),
        ("19 Nov", "", "no_date"),
        ("soon", "", "no_date"),
    ],
)
def test_a_date_in_an_order(text: str, order: str, found: str) -> None:
    assert day(text, order) == found


@pytest.mark.parametrize(
    ("column", "orders", "asked"),
    [
        (["4/1/2026", "13/4/2026"], {"dmy"}, False),
        (["4/1/2026", "4/13/2026"], {"mdy"}, False),
        (["4/1/2026", "5/2/2026", "n/a"], {"mdy", "dmy"}, True),
        (["4/1/2026", "01.04.2026"], {"mdy", "dmy"}, True),
        (["1/1/2026", "2/2/2026"], {"mdy", "dmy"}, False),
        (["2026-04-01", "2026年4月1日"], {"ymd", "mdy", "dmy"}, False),
        (["26/04/13", "26/05/01"], {"ymd", "dmy"}, True),
        (["13/4/2026", "4/13/2026"], set(), False),
        (["13/4/2026", "4/13/2026", "4/1/2026"], set(), True),
        ([], {"ymd", "mdy", "dmy"}, False),
    ],
)
def test_the_order_of_a_column(column: list[str], orders: set[str], asked: bool) -> None:
    found = possible_orders(column)
    assert found == orders
    assert is_open(column, found) is asked


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from("/-. "), st.booleans())
def test_a_column_in_any_order_is_right_or_asked(one: date, sign: str, month_first: bool) -> None:
    sign = "/" if sign == " " else sign
    order = "mdy" if month_first and sign != "." else "dmy"
    parts = {"d": str(one.day), "m": f"{one.month:02d}", "y": str(one.year)}
    text = sign.join(parts[letter] for letter in order)
    assert day(text, order) == f"{one.isoformat()}T00:00"
    assert day(text) in (f"{one.isoformat()}T00:00", "ambiguous_date")
    assert order in possible_orders([text])

"""Display tags: times, money, counts, people; and the charts' geometry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import translation

from portal.core.templatetags import display
from portal.core.web import charts

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "japanese", "english"),
    [
        (
            timedelta(seconds=-90),
            "たった今",
            "just now",
        ),  # a clock ahead of ours is never "in the future"
        (timedelta(seconds=59), "たった今", "just now"),
        (timedelta(minutes=1), "1分前", "1 minute ago"),
        (timedelta(hours=3), "3時間前", "3 hours ago"),
        (timedelta(days=6), "6日前", "6 days ago"),
        (timedelta(days=8), "11月14日", "14 Nov"),
        (timedelta(days=400), "2025年10月18日", "18 Oct 2025"),
    ],
)
def test_moments_in_words(ago: timedelta, japanese: str, english: str) -> None:
    with translation.override("ja"):
        assert display.relative(NOW - ago, NOW) == japanese
    with translation.override("en"):
        assert display.relative(NOW - ago, NOW) == english


def test_a_moment_carries_its_machine_form_and_its_zone() -> None:
    with translation.override("ja"), time_machine.travel(NOW, tick=False):
        html = display.when(NOW - timedelta(minutes=3))
    assert 'datetime="2026-11-22T02:57:00+00:00"' in html
    assert 'title="2026年11月22日 11:57 JST"' in html
    assert html.endswith(" data-live>3分前</time>")


def test_months_and_hours_are_words_of_the_language() -> None:
    with translation.override("ja"), time_machine.travel(NOW, tick=False):
        assert (
            display.month("2026-08")
            == display.month(datetime(2026, 7, 31, 20, 0, tzinfo=UTC))
            == "2026年8月"
        )
        assert display.month("いつか") == "いつか"
        assert ">11月22日 11:57</time>" in display.when(NOW - timedelta(minutes=3), "hour")
    with translation.override("en"):
        assert display.month("2026-08") == "Aug 2026"


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (30000, "JPY", "¥30,000"),
        (123450, "USD", "$1,234.50"),
        (-5, "EUR", "−€0.05"),
        (None, "JPY", "–"),
        (7, "CHF", "CHF 0.07"),
        (50000, "VND", "VND 50,000"),
        (1234567, "KWD", "KWD 1,234.567"),
        (-7, "BHD", "−BHD 0.007"),
    ],
)
def test_money_has_the_decimals_of_its_currency(
    amount: int | None, currency: str, shown: str
) -> None:
    assert display.money(amount, currency) == shown


@pytest.mark.parametrize(
    ("value", "japanese", "english"),
    [
        (999, "999", "999"),
        (9_999, "9,999", "9,999"),
        (12_340, "1.2万", "12.3k"),
        (120_000_000, "1.2億", "120m"),
    ],
)
def test_large_counts_in_short_form(value: int, japanese: str, english: str) -> None:
    with translation.override("ja"):
        assert display.short_number(value) == japanese
    with translation.override("en"):
        assert display.short_number(value) == english


@pytest.mark.parametrize(
    ("name", "called"), [("木村", "木村さん"), ("Daniel", "Daniel"), ("加藤様", "加藤様"), ("", "")]
)
def test_how_a_person_is_called_in_japanese(name: str, called: str) -> None:
    with translation.override("ja"):
        assert display.person_called(name) == called


def test_a_name_cannot_bring_markup_along() -> None:
    rogue: Any = SimpleNamespace(pk=1, display_name="<b onload=x>", avatar=None, public_id="x")
    assert "<b onload" not in display.person_line(rogue, "<i>")
    assert "<i>" not in display.person_line(rogue, "<i>")


def test_ticks_are_round() -> None:
    assert charts.ticks(0, 37.5) == [0, 10, 20, 30, 40]
    assert charts.ticks(0, 3) == [0, 1, 2, 3]
    assert charts.ticks(5, 5) == [5.0, 5.5, 6.0] or charts.ticks(5, 5)[0] <= 5


def test_a_missing_value_is_a_gap_in_the_line() -> None:
    drawn = charts.line_svg(
        [{"label": "a", "values": [1, None, 3]}], ["x", "y", "z"], width=charts.WIDE, name="n"
    )
    assert drawn.count("M") == 2
    assert drawn.count("<circle") == 2


def test_nothing_known_draws_nothing() -> None:
    assert (
        charts.line_svg([{"label": "a", "values": [None]}], ["x"], width=charts.WIDE, name="n")
        == ""
    )


def test_a_chart_has_no_inline_style_and_escapes_its_words() -> None:
    axes = [{"value": 62}, {"value": 81}, {"value": None}]
    drawn = charts.wheel_svg(axes, value="37.5", label="<x>", note="&", name='"')
    assert "style" not in drawn
    assert "<x>" not in drawn
    assert drawn.count('class="arc') == 2  # no data is no arc


def test_the_frame_is_remembered_without_anything_personal(
    client_for: Any, aki: Any, mio: Any
) -> None:
    first = client_for(aki).get("/settings/profile/?page=aki").content.decode()
    second = client_for(mio).get("/settings/profile/").content.decode()
    assert aki.email in first
    assert aki.email not in second
    assert "page=aki" not in second
    assert "@@" not in first + second


@pytest.mark.django_db
def test_the_frame_follows_the_language(rf: RequestFactory, client_for: Any) -> None:
    assert "ログイン" in client_for().get("/").content.decode()
    assert "Sign in" in client_for(None, **{"accept-language": "en"}).get("/").content.decode()

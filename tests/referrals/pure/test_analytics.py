"""Arithmetic of the analytics: medians of counted waits, months, shares."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from statistics import median

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from portal.core.web.charts import stack_svg, steps_svg
from portal.flywheel.rules.statistics import at_risk, kaplan_meier, kaplan_meier_counted, poisson
from referrals.selectors.analytics.figures import Share
from referrals.selectors.analytics.filters import begin_of, end_of, filter_from, months_before
from referrals.selectors.analytics.stage_durations import duration_of, median_of
from referrals.selectors.analytics.virality import ratio

CASES = st.lists(st.tuples(st.integers(0, 40).map(float), st.booleans()), min_size=1, max_size=60)


@given(st.lists(st.integers(0, 200).map(float), min_size=1, max_size=50))
def test_a_counted_median_is_the_median(values: list[float]) -> None:
    assert median_of(Counter(values)) == round(median(values), 1)


@given(CASES)
def test_counted_waits_are_the_same_curve(cases: list[tuple[float, bool]]) -> None:
    waits = kaplan_meier_counted(Counter(cases))
    assert waits == kaplan_meier(cases)
    assert at_risk(Counter(cases), 0) == waits.n == len(cases)
    lefts = [left for _wait, left in waits.steps]
    assert lefts == sorted(lefts, reverse=True)


def test_who_still_waits_makes_the_median_longer_or_unknown() -> None:
    over = Counter({(2.0, True): 3})
    assert (duration_of(over).median, duration_of(over).with_waiting) == (2.0, 2.0)
    neglected = duration_of(over + Counter({(30.0, False): 5}))
    assert (neglected.n, neglected.waiting, neglected.median, neglected.with_waiting) == (
        3,
        5,
        2.0,
        None,
    )


def test_forty_customers_and_three_introductions() -> None:
    k = ratio(3, 40)
    assert (round(k.value, 3), round(k.low, 3), round(k.high, 2)) == (0.075, 0.015, 0.22)
    assert k.ceiling is not None
    assert round(k.ceiling, 2) == 1.08
    assert (ratio(0, 10).low, round(ratio(0, 10).high, 2)) == (0.0, round(poisson(0)[1] / 10, 2))
    assert ratio(2, 1).ceiling is None
    assert ratio(0, 0).value == 0


def test_months_are_in_the_sites_time_zone() -> None:
    assert months_before(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert months_before(date(2026, 11, 1), -2) == date(2027, 1, 1)
    assert begin_of(date(2026, 11, 1)) == datetime.fromisoformat("2026-11-01T00:00:00+09:00")
    assert end_of(date(2026, 12, 1)) == begin_of(date(2027, 1, 1))


def test_filters_go_into_the_address_and_come_back() -> None:
    query = "cohort=2026-07&program=friends&channel=line&content=%2Fquestions%2F1%2F"
    slice_ = filter_from(QueryDict(query))
    assert slice_.query() == query
    assert "stage=won" in slice_.query(stage="won")
    assert "channel" not in slice_.query(channel="")


def test_a_share_of_few_is_faint_and_of_none_has_no_value() -> None:
    assert Share("x", "x", "x", 3, 9).is_faint
    assert not Share("x", "x", "x", 3, 10).is_faint
    assert Share("x", "x", "x", 0, 0).value is None


def test_charts_stay_inside_and_escape() -> None:
    drawn = steps_svg([(10.0, 0.5), (2_000.0, 1.0)], most=100, name='<"a">')
    assert "&lt;" in drawn
    assert "H332V" not in drawn  # what lies beyond is not drawn
    assert stack_svg([{"share": 0.5, "tone": 2}, {"share": 0.5, "tone": 7}]).count("<rect") == 2

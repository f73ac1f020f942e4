"""Forward decay and caps, pure: order, lateness and duplicates change nothing."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.engagement.decay import (
    HALF_LIFE,
    LANDMARK,
    Entry,
    breadth,
    chosen,
    contribution,
    value_at,
)

moments = st.datetimes(
    min_value=datetime(2025, 1, 1), max_value=datetime(2035, 12, 31), timezones=st.just(UTC)
)
facts = st.lists(st.tuples(st.floats(min_value=0.5, max_value=10), moments), max_size=30)
HERE = ZoneInfo("Asia/Tokyo")
week = LANDMARK + timedelta(days=4)
in_one_week = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=7 * 24 * 60 - 1), st.one_of(st.none(), st.integers(1, 3))
    ),
    max_size=25,
)


def test_after_one_half_life_of_silence_a_contribution_is_worth_half() -> None:
    at = LANDMARK + timedelta(days=100)
    assert value_at(contribution(8, at), at + HALF_LIFE) == pytest.approx(4.0)


def test_ten_years_stay_within_a_double() -> None:
    at = LANDMARK + timedelta(days=3_650)
    assert value_at(contribution(1, at), at) == pytest.approx(1.0)
    assert contribution(1, at) == pytest.approx(2.0**81.1, rel=0.01)


@given(facts, st.randoms(use_true_random=False), moments)
def test_the_score_does_not_depend_on_the_order_facts_arrive_in(
    rows: list[tuple[float, datetime]], dice: random.Random, moment: datetime
) -> None:
    in_order = sum(contribution(weight, at) for weight, at in rows)
    dice.shuffle(rows)
    shuffled = 0.0
    for weight, at in rows:
        shuffled += contribution(weight, at)
    assert math.isclose(value_at(shuffled, moment), value_at(in_order, moment), rel_tol=1e-9)


@given(facts, facts, moments, moments)
def test_who_leads_by_score_leads_by_value_at_any_moment(
    mine: list[tuple[float, datetime]],
    hers: list[tuple[float, datetime]],
    one: datetime,
    other: datetime,
) -> None:
    a, b = (sum(contribution(weight, at) for weight, at in rows) for rows in (mine, hers))
    if a > b:
        assert value_at(a, one) >= value_at(b, one)
        assert value_at(a, other) >= value_at(b, other)


@given(in_one_week, st.randoms(use_true_random=False), st.integers(1, 5), st.integers(1, 5))
def test_caps_keep_the_same_facts_in_any_order_and_with_duplicates(
    rows: list[tuple[int, int | None]], dice: random.Random, per_day: int, per_week: int
) -> None:
    entries = [
        Entry(n, week + timedelta(minutes=minute), partner)
        for n, (minute, partner) in enumerate(rows)
    ]
    kept = chosen(entries, per_day=per_day, per_counterpart_week=per_week, place=HERE)
    dice.shuffle(entries)
    assert chosen(entries, per_day=per_day, per_counterpart_week=per_week, place=HERE) == kept
    assert (
        chosen(
            set(entries + entries[:3]), per_day=per_day, per_counterpart_week=per_week, place=HERE
        )
        == kept
    )


def test_the_fourth_fact_of_a_day_does_not_count_under_a_cap_of_three() -> None:
    entries = [Entry(n, week + timedelta(minutes=n)) for n in range(5)]
    assert chosen(entries, per_day=3, per_counterpart_week=None, place=HERE) == {0, 1, 2}


def test_two_people_who_thank_each_other_all_week_count_once() -> None:
    entries = [Entry(n, week + timedelta(days=n), counterpart_id=7) for n in range(4)]
    assert chosen(entries, per_day=None, per_counterpart_week=1, place=HERE) == {0}


def test_breadth_recognises_a_company_that_depends_on_one_person() -> None:
    found = breadth([20.0, 1.0, 0.2])
    assert found.people == 2
    assert found.hangs_on_one
    assert found.depth == pytest.approx(21.2)


def test_breadth_caps_one_person_and_measures_spread() -> None:
    found = breadth([100.0, 100.0], cap=30.0)
    assert found.depth == 60.0
    assert found.spread == pytest.approx(1.0)
    assert not found.hangs_on_one


@pytest.mark.parametrize("people", [2, 3, 8])
def test_equal_people_are_evenly_spread_however_many_they_are(people: int) -> None:
    assert breadth([4.0] * people).spread == pytest.approx(1.0)
    assert breadth([4.0] * people + [40.0]).spread < 0.95
    assert breadth([4.0]).spread == 0.0


def test_a_company_nobody_takes_part_in_has_no_breadth() -> None:
    assert breadth([]) == breadth([0.0])
    assert not breadth([]).hangs_on_one

"""Reward tiers and the yearly cap, as arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from referrals.rules.reward_tiers import BadSteps, Room, amount_at, check_steps, rank_at, way

STEPS = [[1, 30_000], [3, 40_000], [5, 50_000]]
DAY = datetime(2026, 4, 1, tzinfo=UTC)


def test_ranks_depend_on_the_set_of_dates_alone_and_a_shared_moment_counts_for_both() -> None:
    dates = [DAY, DAY + timedelta(1), DAY + timedelta(1), DAY + timedelta(2)]
    for order in permutations(dates):
        assert [rank_at(order, date) for date in dates] == [1, 3, 3, 4]


def test_a_step_is_worth_what_it_says() -> None:
    assert [amount_at(STEPS, rank) for rank in (None, 1, 2, 3, 4, 5, 9)] == [
        0,
        30_000,
        30_000,
        40_000,
        40_000,
        50_000,
        50_000,
    ]


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([], "empty"),
        ([[2, 1]], "first"),
        ([[1, 1], [1, 2]], "order"),
        ([[1, 1], [3, 0]], "amount"),
    ],
)
def test_bad_steps_say_why(steps: list[list[int]], why: str) -> None:
    with pytest.raises(BadSteps) as refused:
        check_steps(steps)
    assert refused.value.why == why


def test_the_way_to_the_next_step() -> None:
    assert (way(STEPS, 0).amount, way(STEPS, 0).goal) == (30_000, 3)
    assert (way(STEPS, 2).amount, way(STEPS, 2).goal, way(STEPS, 2).goal_amount) == (
        40_000,
        5,
        50_000,
    )
    assert way(STEPS, 7).goal is None


def test_a_year_holds_no_more_than_its_cap() -> None:
    room = Room()
    room.use(2026, 80)
    assert room.fit(30, cap=100, year=2026) == 20
    assert room.fit(30, cap=100, year=2027) == 30
    assert room.fit(30, cap=None, year=2026) == 30
    room.use(2026, 40)
    assert room.fit(30, cap=100, year=2026) == 0

"""Stages, momentum and friction as pure functions."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.flywheel.rules import friction, momentum
from portal.flywheel.rules.momentum import TurnFacts
from portal.flywheel.rules.stages import (
    CANCELLED,
    Fact,
    Stage,
    assign,
    furthest,
    inner_stages,
    outer_stages,
)

START = datetime(2026, 9, 1, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def fact(
    kind: str, days: float, event: int = 0, referral: str = "", other: int | None = None
) -> Fact:
    return Fact(event or round(days * 100), kind, at(days), referral, other)


def test_a_premature_update_is_voided() -> None:
    facts = [
        fact(Stage.VOICE, 0),
        fact(Stage.ACTED, 1),
        fact(Stage.TOLD, 2),
        fact(CANCELLED, 3),
        fact(Stage.TOLD, 5),
    ]
    found = inner_stages(facts)
    assert found[Stage.TOLD].at == at(5)
    assert Stage.ACTED not in found


def test_silence_confirms_after_fourteen_days_unless_taken_back() -> None:
    facts = [fact(Stage.VOICE, 0), fact(Stage.TOLD, 2)]
    assert Stage.CONFIRMED not in inner_stages(facts, now=at(15.9))
    assert inner_stages(facts, now=at(16))[Stage.CONFIRMED].at == at(16)
    assert Stage.CONFIRMED not in inner_stages([*facts, fact(CANCELLED, 3)], now=at(90))


kinds = st.sampled_from([*Stage.values[:5], CANCELLED])


@given(
    st.lists(st.tuples(kinds, st.integers(0, 50)), max_size=15), st.randoms(use_true_random=False)
)
def test_a_turn_is_the_same_in_any_order_and_with_doubles(
    rows: list[tuple[str, int]], dice: random.Random
) -> None:
    facts = [fact(kind, days, event) for event, (kind, days) in enumerate(rows, 1)]
    expected = inner_stages(facts)
    dice.shuffle(facts)
    assert inner_stages(facts + facts[:4]) == expected


def test_advocacy_goes_to_the_latest_confirmed_turn_within_180_days() -> None:
    given_to = assign(
        {1: at(0), 2: at(20)},
        [fact(Stage.ADVOCACY, 10), fact(Stage.ADVOCACY, 25), fact(Stage.ADVOCACY, 400)],
    )
    assert {turn: [row.at for row in rows] for turn, rows in given_to.items()} == {
        1: [at(10)],
        2: [at(25)],
    }


def test_the_outer_turn_follows_one_introduction() -> None:
    advocacy = [fact(Stage.ADVOCACY, 1), fact(Stage.ADVOCACY, 2, referral="r")]
    won, posts = {"r": fact(Stage.WON, 30, referral="r", other=9)}, {9: fact(Stage.FIRST_POST, 40)}
    found = outer_stages(advocacy, won, posts)
    assert [found[stage].at for stage in (Stage.ADVOCACY, Stage.WON, Stage.FIRST_POST)] == [
        at(1),
        at(30),
        at(40),
    ]
    assert furthest(found) == Stage.FIRST_POST
    assert Stage.WON not in outer_stages(advocacy[:1], won, posts)


def turn(pk: int, company: int | None = 1, **stages: float) -> TurnFacts:
    return TurnFacts(pk, company, {name: at(days) for name, days in stages.items()})


def test_momentum_weighs_confirmation_advocacy_win_and_first_post() -> None:
    all_units = momentum.units([turn(1, S1=0, S4V=3, S5=10, S6=30, S7=40)])
    assert momentum.momentum(all_units, at(41)) == 12
    assert momentum.momentum(all_units, at(93.5)) == 11  # the confirmation is older than 90 days
    assert momentum.momentum(all_units, at(5)) == 1


def test_trivial_turns_earn_nothing_beyond_three_in_thirty_days() -> None:
    all_units = momentum.units([turn(n, S4V=n) for n in range(1, 10)])
    assert momentum.momentum(all_units, at(12)) == 3
    assert len(momentum.units([turn(n, company=n, S4V=n) for n in range(1, 10)])) == 9


def test_change_is_against_the_median_of_eight_weeks() -> None:
    all_units = momentum.units([turn(1, S4V=100), turn(2, company=2, S4V=130)])
    assert (
        momentum.change(all_units, at(131)) == 1.5
    )  # two now; of the eight weeks four had one, four none


def test_waiting_ends_when_claimed_and_when_the_customer_is_updated() -> None:
    closed = turn(1, S1=0, S2=2, S3=4, S4=7, S4V=10).stages
    assert friction.waiting(closed, at(50)) == [(at(0), at(2)), (at(4), at(7))]
    parts = friction.shares([turn(1, S1=0, S2=2, S3=4, S4=7, S4V=10)], at(50))
    assert friction.friction(parts) == pytest.approx(0.5)


def test_neglect_raises_friction_day_by_day() -> None:
    rows = [turn(1, S1=0), turn(2, S1=0, S2=1, S3=2, S4=2, S4V=2)]
    values = [friction.friction(friction.shares(rows, at(day))) or 0 for day in (3, 10, 30)]
    assert values == sorted(values)
    assert values[-1] > 0.9


def test_an_answer_without_an_end_is_ours_again_after_a_week() -> None:
    assert friction.waiting(turn(1, S1=0, S2=1).stages, at(20)) == [(at(0), at(1)), (at(8), at(20))]


def test_the_bottleneck_is_where_many_wait_long_and_few_get_on() -> None:
    rows = [turn(n, company=n, S1=n / 10, S2=n / 10 + 0.1, S3=n / 10 + 1) for n in range(20)]
    steps = friction.steps(rows, at(60))
    worst = friction.bottlenecks(steps)
    assert (worst[0].before, worst[0].after) == (Stage.ACTED, Stage.TOLD)
    assert worst[0].leak == 1.0
    assert worst[0].median_hours is None
    assert friction.friction([]) is None


def test_a_window_that_still_fills_says_since_when() -> None:
    young = [turn(1, S1=-40), turn(2, S1=-10)]
    assert momentum.days_filling(young, START) == 40
    assert momentum.days_filling([*young, turn(3, S1=-90 - 56)], START) is None
    assert momentum.days_filling([], START) is None

"""Confidence intervals and waits against published values."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.flywheel.rules.statistics import kaplan_meier, poisson, wilson


def test_wilson_of_sixteen_in_twenty() -> None:
    low, high = wilson(16, 20) or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.584, 0.919)  # CSAT 80 % at n = 20 is 58-92 %
    assert wilson(0, 0) is None


@example(0, 35)  # the lower bound came out as 7e-18
@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_holds_its_share(part: int, more: int) -> None:
    low, high = wilson(part, part + more) or (1, 0)
    assert 0 <= low <= part / (part + more) <= high <= 1


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.36, 121.63)],
)
def test_poisson_is_garwoods(count: int, low: float, high: float) -> None:
    found = poisson(count)
    assert found[0] == pytest.approx(low, abs=0.01)
    assert found[1] == pytest.approx(high, abs=0.01)


def test_kaplan_meier_of_the_leukaemia_trial() -> None:
    """6-MP group of Freireich et al.

    (1963): S(6) = .857, S(10) = .753, S(22) = .538, median 23 weeks.
    """
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    waiting = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    waits = kaplan_meier([(wait, True) for wait in ended] + [(wait, False) for wait in waiting])
    assert round(waits.left_after(6), 3) == 0.857
    assert round(waits.left_after(10), 3) == 0.753
    assert round(waits.left_after(22), 3) == 0.538
    assert waits.quantile(0.5) == 23
    assert (waits.n, waits.ended) == (21, 9)


def test_leaving_hard_questions_unanswered_does_not_improve_the_wait() -> None:
    honest = kaplan_meier([(2.0, True)] * 60 + [(30.0, True)] * 40)
    gamed = kaplan_meier([(2.0, True)] * 60 + [(500.0, False)] * 40)
    assert honest.quantile(0.9) == 30.0
    assert gamed.quantile(0.9) is None  # not reached: shown red


def test_nobody_gives_no_curve() -> None:
    assert kaplan_meier([]).quantile(0.5) is None
    assert kaplan_meier([]).left_after(5) == 1.0

"""The retry policy, pure: waits, refusals, Retry-After, the circuit breaker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.delivery import circuit_breaker
from portal.delivery.circuit_breaker import Health
from portal.delivery.retry import DELAYS, LONGEST, TRIES, Answer, judge, wait
from tests.people import NOW


def test_ten_tries_span_75_hours_35_minutes_and_5_seconds() -> None:
    assert TRIES == 10
    assert sum(DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize(
    ("status", "tries", "state"),
    [
        (200, 1, "delivered"),
        (204, 9, "delivered"),
        (302, 1, "waiting"),
        (500, 1, "waiting"),
        (500, 9, "waiting"),
        (500, 10, "dead"),
        (None, 9, "waiting"),
        (None, 10, "dead"),
        (404, 2, "waiting"),
        (404, 3, "dead"),
        (401, 3, "dead"),
        (408, 3, "waiting"),
        (409, 3, "waiting"),
        (425, 3, "waiting"),
        (429, 9, "waiting"),
        (410, 1, "dead"),
    ],
)
def test_what_becomes_of_a_delivery(status: int | None, tries: int, state: str) -> None:
    verdict = judge(Answer(status=status), tries=tries, now=NOW, chance=0.5)
    assert verdict.state == state
    assert verdict.gone == (status == 410)


def test_what_must_not_be_sent_is_dead_at_once() -> None:
    assert (
        judge(Answer(error="inner network", refused=True), tries=1, now=NOW, chance=0.5).state
        == "dead"
    )


@given(tries=st.integers(1, 9), chance=st.floats(0, 0.999), asked=st.integers(0, 10**9))
def test_waits_spread_by_a_fifth_and_obey_retry_after(
    tries: int, chance: float, asked: int
) -> None:
    planned = wait(tries, "", now=NOW, chance=chance)
    assert DELAYS[tries] * 0.8 <= planned <= DELAYS[tries] * 1.2
    obeyed = wait(tries, str(asked), now=NOW, chance=chance)
    assert obeyed <= LONGEST
    assert obeyed >= min(planned, LONGEST)
    assert obeyed >= min(timedelta(seconds=asked), LONGEST)


@pytest.mark.parametrize("text", ["", "soon", "-5", "１２", "Fri, 99 Foo 2026"])
def test_an_unreadable_retry_after_is_none(text: str) -> None:
    assert wait(1, text, now=NOW, chance=0.5) == DELAYS[1]


def test_retry_after_may_be_a_date() -> None:
    assert wait(1, "Fri, 20 Nov 2026 02:00:00 GMT", now=NOW, chance=0.5) == timedelta(hours=1)


def test_five_failures_open_the_breaker_and_one_success_closes_it() -> None:
    health = Health()
    for n in range(1, 6):
        health = circuit_breaker.after_failure(health, now=NOW)
        assert health.is_probing == (n == 5)
    assert health.open_until == NOW + timedelta(minutes=5)
    assert circuit_breaker.after_success() == Health()


def test_owners_are_warned_once_half_way_and_after_five_days_it_ends() -> None:
    health = Health(9, NOW - timedelta(days=3))
    assert circuit_breaker.should_warn(health, warned_at=None, now=NOW)
    assert not circuit_breaker.should_warn(health, warned_at=NOW - timedelta(hours=1), now=NOW)
    assert not circuit_breaker.should_give_up(health, now=NOW)
    assert circuit_breaker.should_give_up(health, now=NOW + timedelta(days=2))

"""Attribution: the result for any set of claims in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from referrals.rules.attribution import STRENGTH, Claim, decide

T = datetime(2026, 6, 1, tzinfo=UTC)


def claim(number: int, kind: str, days: float, *, known: float = 0, **fields: Any) -> Claim:
    return Claim(
        number, number, kind, T + timedelta(days=days), T + timedelta(days=known), **fields
    )


def test_a_typed_code_beats_a_later_click() -> None:
    decision = decide([claim(1, "click", -1), claim(2, "code", 0)])
    assert decision.winner is not None
    assert decision.winner.id == 2
    assert decision.losers == {1: "weaker"}
    assert "紹介コード" in decision.explanation_ja
    assert "code" in decision.explanation_en


def test_among_links_the_last_before_sign_up_counts_or_the_first_when_the_program_says_so() -> None:
    claims = [claim(1, "click", -30), claim(2, "click", -2), claim(3, "click", 1)]
    last, first = decide(claims), decide(claims, touch="first")
    assert last.winner is not None
    assert last.winner.id == 2
    assert last.losers[3] == "after"
    assert first.winner is not None
    assert first.winner.id == 1


def test_a_link_outside_the_window_does_not_count() -> None:
    decision = decide([claim(1, "click", -91)])
    assert decision.winner is None
    assert decision.losers == {1: "expired"}


def test_nobody_is_credited_for_their_own_company_or_a_declined_introduction() -> None:
    decision = decide(
        [claim(1, "named", 0, own=True), claim(2, "named", 0, barred=True), claim(3, "click", -1)]
    )
    assert decision.winner is not None
    assert decision.winner.id == 3
    assert decision.losers == {1: "own", 2: "barred"}


def test_the_newest_decision_of_staff_stands() -> None:
    decision = decide([claim(1, "staff", 5), claim(2, "staff", 9), claim(3, "named", 0)])
    assert decision.winner is not None
    assert decision.winner.id == 2


def days(number: float) -> datetime:
    return T + timedelta(days=number)


def test_a_rival_who_comes_after_the_end_by_the_clock_wins_even_as_a_weaker_kind() -> None:
    ended = claim(1, "named", 0, lapses=((days(180), None),))
    rival = claim(2, "click", 190, known=190)
    decision = decide([ended, rival])
    assert decision.winner == rival
    assert decision.losers == {1: "lapsed"}
    assert "進展のないまま" in decision.explanation_ja
    assert decide([ended]).winner == ended


def test_a_rival_before_the_end_or_after_the_revival_or_barred_changes_nothing() -> None:
    ended = claim(1, "named", 0, lapses=((days(180), days(200)),))
    for other in (
        claim(2, "named", 100, known=100),
        claim(2, "named", 200, known=200),
        claim(2, "named", 190, known=190, barred=True),
        claim(2, "named", 190, known=190, own=True),
        claim(2, "click", 190, known=400),
    ):
        assert decide([ended, other]).winner == ended


def test_whoever_lost_before_the_end_does_not_come_back_with_the_rival() -> None:
    ended, earlier = (
        claim(1, "named", 0, lapses=((days(180), None),)),
        claim(2, "named", 5, known=5),
    )
    rival = claim(3, "named", 190, known=190, lapses=((days(380), None),))
    assert decide([ended, earlier, rival]).winner == rival
    last = claim(4, "code", 400, known=400)
    assert decide([last, rival, earlier, ended]).winner == last


claims = st.lists(
    st.builds(
        Claim,
        id=st.integers(1, 10_000),
        referral_id=st.integers(1, 6),
        kind=st.sampled_from(sorted(STRENGTH)),
        occurred_at=st.integers(-200, 20).map(lambda days: T + timedelta(days=days)),
        identified_at=st.integers(0, 5).map(lambda days: T + timedelta(days=days)),
        own=st.booleans(),
        barred=st.booleans(),
        lapses=st.lists(
            st.tuples(st.integers(-200, 20).map(days), st.none() | st.just(days(10))), max_size=2
        ).map(tuple),
    ),
    max_size=6,
    unique_by=lambda claim: claim.id,
)


@given(claims, st.randoms(), st.sampled_from(["last", "first"]))
def test_the_order_of_arrival_makes_no_difference(
    some: list[Claim], dice: Random, touch: str
) -> None:
    decision = decide(some, touch=touch)
    mixed = list(some)
    dice.shuffle(mixed)
    assert decide(mixed, touch=touch) == decision
    assert set(decision.losers) == {row.id for row in some} - {
        decision.winner.id if decision.winner else 0
    }

"""Everybody takes the locks in one order, so concurrent writers wait but never deadlock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.accounts.services import create_user
from referrals.models import PayoutBatch, Referral, Reward, RewardRule
from referrals.services.introductions import staff_actions
from referrals.services.introductions.introductions import (
    answer_by_token,
    introduce_person,
    withdraw,
)
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from tests.referrals.invariants.scene import LATER, NOW, Scene, at_once, violations
from tests.referrals.made import tell

STEPS = [[1, 30_000], [3, 40_000], [5, 50_000]]


def steps(scene: Scene) -> None:
    RewardRule.objects.filter(side="referrer").update(amount=0, steps=STEPS)


def test_threads_that_restore_rewards_and_sell_in_a_program_with_steps_do_not_wait_crosswise(
    shared: Scene,
) -> None:
    steps(shared)
    refused = [shared.won(f"a{n}.example")[0] for n in range(4)]
    for reward in refused:
        approvals.reverse_reward(reward_id=reward.pk, actor=shared.kato, now=NOW, reason="重複")
    for number in range(4):
        shared.claim(shared.aki, f"b{number}.example", f"b{number}")

    def restore(reward: Reward) -> Callable[[], Any]:
        return lambda: approvals.restore_reward(
            reward_id=reward.pk, actor=shared.kato, now=NOW, reason="違った"
        )

    ended = at_once(
        *[restore(reward) for reward in refused],
        *[lambda n=n: shared.sell(f"b{n}.example", f"c{n}") for n in range(4)],
    )
    assert [row for row in ended if isinstance(row, Exception)] == []
    assert Reward.objects.filter(side="referrer", state="pending").count() == 8
    assert violations() == {}


def test_threads_that_pay_and_refund_in_a_program_with_steps_do_not_wait_crosswise(
    shared: Scene,
) -> None:
    steps(shared)
    peers = [
        create_user(
            email=f"p{n}@acme.example",
            display_name=f"同僚{n}",
            now=NOW,
            organization=shared.aki.organization,
        )
        for n in range(3)
    ]
    paid = [
        *shared.won("a.example"),
        *[reward for n, peer in enumerate(peers) for reward in shared.won(f"b{n}.example", peer)],
    ]
    mine = [reward for reward in paid if reward.side == "referrer"]
    refunded = [
        reward for n, peer in enumerate(peers) for reward in shared.won(f"c{n}.example", peer)
    ]
    for reward in (*mine, *refunded):
        approvals.approve_reward(reward_id=reward.pk, actor=shared.kato, now=NOW)
    approvals.mature_due(now=LATER)
    assert len({reward.holder for reward in mine}) == 1

    def reserve() -> PayoutBatch:
        ids = [reward.pk for reward in mine]
        return payouts.reserve_batch(
            program=shared.program, reward_ids=ids, actor=shared.kato, now=LATER
        )

    for part in range(4):
        ended = at_once(
            reserve,
            *[
                lambda n=n, part=part: tell(
                    "refund",
                    f"r{n}-{part}",
                    invoice=f"INV-c{n}.example",
                    amount=100_000,
                    reference=f"{n}-{part}",
                )
                for n in range(3)
            ],
        )
        assert [row for row in ended if isinstance(row, Exception)] == []
        payouts.fail_batch(batch_id=ended[0].pk, actor=shared.kato, now=LATER, reason="戻ってきた")
    assert violations() == {}


def test_threads_that_end_introductions_and_sell_to_their_companies_do_not_wait_crosswise(
    shared: Scene,
) -> None:
    def named(number: int) -> tuple[Referral, str]:
        return introduce_person(
            program=shared.program,
            referrer=shared.aki,
            name="青木",
            company="青葉",
            email=f"ao@d{number}.example",
            has_consent=True,
            now=NOW,
        )

    made = [named(number) for number in range(6)]
    rows = [Referral.objects.get(pk=referral.pk) for referral, _token in made]
    acts: list[Callable[[], Any]] = [
        lambda: withdraw(referral=rows[0], user=shared.aki, now=NOW),
        lambda: withdraw(referral=rows[1], user=shared.aki, now=NOW),
        lambda: staff_actions.move_referral(
            referral=rows[2], to="rejected", actor=shared.kato, now=NOW, reason="対象外"
        ),
        lambda: staff_actions.move_referral(
            referral=rows[3], to="rejected", actor=shared.kato, now=NOW, reason="対象外"
        ),
        lambda: answer_by_token(token=made[4][1], answer="decline", now=NOW),
        lambda: answer_by_token(token=made[5][1], answer="erase", now=NOW),
    ]
    ended = at_once(*acts, *[lambda n=n: shared.sell(f"d{n}.example", f"c{n}") for n in range(6)])
    crosswise = [row for row in ended if isinstance(row, Exception) and "deadlock" in str(row)]
    assert crosswise == []
    assert violations() == {}

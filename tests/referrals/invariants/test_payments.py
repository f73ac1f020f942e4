"""6 in one live payment · 7 reserve, then pay; a payment never changes · 16 nothing is paid
automatically.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.services import create_user
from referrals.models import PayoutBatch, PayoutLine, Program, Referral, Reward
from referrals.services.facts import record
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals, clawbacks
from tests.referrals.invariants.scene import LATER, NOW, Scene, at_once, refused, sql, violations
from tests.referrals.made import tell


def test_06_database_refuses_a_second_live_line(scene: Scene) -> None:
    line = scene.batch().lines.first()
    assert line is not None
    other = PayoutBatch.objects.create(
        program=scene.program, created_at=NOW, created_by_id=scene.kato.pk
    )
    with refused("a_reward_is_in_one_live_payout_line"):
        PayoutLine.objects.create(
            batch=other, reward_id=line.reward_id, amount=1, currency="JPY", state_since=NOW
        )
    with refused("only_a_failed_line_is_not_live"):
        PayoutLine.objects.filter(pk=line.pk).update(is_live=False)


def test_06_threads_that_reserve_the_same_rewards_make_one_payment(shared: Scene) -> None:
    ids = [reward.pk for reward in (*shared.available("a.example"), *shared.available("b.example"))]

    def reserve(order: int) -> PayoutBatch:
        return payouts.reserve_batch(
            program=shared.program, reward_ids=ids[::order], actor=shared.kato, now=LATER
        )

    ended = at_once(*[lambda order=order: reserve(order) for order in (1, -1) * 4])
    assert sum(isinstance(row, PayoutBatch) for row in ended) == 1
    assert sum(isinstance(row, payouts.NothingToPay) for row in ended) == 7
    assert PayoutLine.objects.count() == 4
    assert violations() == {}


def test_07_database_refuses_shortcuts_and_rewritten_payments(scene: Scene) -> None:
    one, _two = scene.available()
    with refused("rewards_move_by_their_table"):
        Reward.objects.filter(pk=one.pk).update(state="fulfilled")
    with refused("rewards_equal_the"):
        sql(
            "WITH c AS (INSERT INTO referrals_rewardchange (reward_id, version, before, after, "
            "amount, "
            "reversed_amount, reason, at) SELECT id, version + 1, state, 'reserved', amount, "
            "0, '', now() "
            "FROM referrals_reward WHERE id = %s) UPDATE referrals_reward SET state = 'reserved', "
            "version = version + 1 WHERE id = %s",
            one.pk,
            one.pk,
        )
    batch = payouts.reserve_batch(
        program=scene.program, reward_ids=[one.pk], actor=scene.kato, now=LATER
    )
    line = batch.lines.get()
    with refused("a_released_payment_never_changes"):
        PayoutLine.objects.filter(pk=line.pk).update(amount=1)
    with refused("a_released_payment_never_changes"):
        PayoutBatch.objects.filter(pk=batch.pk).update(created_by_id=scene.second.pk)
    with refused("append-only"):
        sql("DELETE FROM referrals_payoutline")
    payouts.settle_batch(batch_id=batch.pk, actor=scene.kato, now=LATER, reference="T-1")
    with refused("lines_move_by_their_table"):
        PayoutLine.objects.filter(pk=line.pk).update(state="reserved")
    with refused("payments_move_by_their_table"):
        PayoutBatch.objects.filter(pk=batch.pk).update(state="failed")
    with refused("a_released_payment_never_changes"):
        PayoutLine.objects.create(
            batch=batch, reward=_two, amount=1, currency="JPY", state_since=NOW
        )


def test_07_threads_that_settle_and_fail_one_payment_agree(shared: Scene) -> None:
    batch = shared.batch()

    def settle() -> PayoutBatch:
        return payouts.settle_batch(
            batch_id=batch.pk, actor=shared.second, now=LATER, reference="T-1"
        )

    def fail() -> PayoutBatch:
        return payouts.fail_batch(
            batch_id=batch.pk, actor=shared.kato, now=LATER, reason="戻ってきた"
        )

    ended = at_once(*[settle, fail] * 4)
    assert sum(isinstance(row, PayoutBatch) for row in ended) == 1
    assert sum(isinstance(row, payouts.BatchClosed) for row in ended) == 7
    states = {(row.state, row.reward.state) for row in PayoutLine.objects.select_related("reward")}
    assert states in ({("settled", "fulfilled")}, {("failed", "available")})
    assert violations() == {}


def test_16_database_refuses_money_no_person_released(scene: Scene) -> None:
    one, _two = scene.won()
    with refused("nothing_is_paid_unless_a_person_approved"):
        Reward.objects.filter(pk=one.pk).update(state="approved")
    batch = scene.batch("b.example")
    with refused("a_person_releases_a_payment"):
        PayoutBatch.objects.filter(pk=batch.pk).update(state="settled")


def test_16_threads_and_years_release_nothing_by_themselves(shared: Scene) -> None:
    looked_at = shared.won("a.example")
    shared.won("b.example")
    for reward in looked_at:
        approvals.approve_reward(reward_id=reward.pk, actor=shared.kato, now=NOW)
    years = NOW + timedelta(days=3_000)
    at_once(
        *[lambda: approvals.mature_due(now=years)] * 6,
        *[lambda: record.retry_deferred(now=years)] * 2,
    )
    states = Reward.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["available", "available", "pending", "pending"]
    assert Reward.objects.filter(changes__after="available").count() == 2  # each once
    assert violations() == {}


def test_what_a_company_owes_is_given_up_only_by_who_has_no_part_in_any_of_it(scene: Scene) -> None:
    """The debt came from one reward, the page it is given up on is another one's."""
    Program.objects.update(review_threshold=20_000)
    third = create_user(
        email="mori@cloud.example",
        display_name="森 環",
        now=NOW,
        organization=scene.kato.organization,
    )
    large, _theirs = scene.won("a.example")
    for actor in (scene.kato, scene.second):
        approvals.approve_reward(reward_id=large.pk, actor=actor, now=NOW)
    approvals.mature_due(now=LATER)
    batch = payouts.reserve_batch(
        program=scene.program, reward_ids=[large.pk], actor=scene.kato, now=LATER
    )
    payouts.settle_batch(batch_id=batch.pk, actor=scene.second, now=LATER, reference="x")
    tell("refund", "all", invoice="INV-a.example", amount=1_000_000)
    Program.objects.update(review_threshold=1_000_000)
    other, _theirs = scene.won("b.example")
    assert other.holder == large.holder
    for actor in (scene.kato, scene.second):
        with pytest.raises(approvals.SecondPersonNeeded):
            clawbacks.write_off(reward_id=other.pk, actor=actor, now=LATER, reason="少額")
    Referral.objects.filter(pk=large.referral_id).update(referee_id=third.pk)
    with pytest.raises(approvals.OwnReward):
        clawbacks.write_off(reward_id=other.pk, actor=third, now=LATER, reason="少額")
    Referral.objects.filter(pk=large.referral_id).update(referee_id=None)
    assert clawbacks.write_off(reward_id=other.pk, actor=third, now=LATER, reason="少額") == 30_000
    assert violations() == {}

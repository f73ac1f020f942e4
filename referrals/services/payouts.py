"""Paying: reserve what is available into a batch, then settle or fail it. Claw-backs owed are kept back first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals import reasons
from referrals.events import RewardPaid
from referrals.models import LedgerAccount, PayoutBatch, PayoutLine, Program, Reward
from referrals.services import ledger
from referrals.services.approvals import OwnReward, SecondPersonNeeded, _lock, check_approver
from referrals.services.ledger import Leg
from referrals.services.rewards import change_state, tell

R = Reward.State
A = LedgerAccount.Kind


class BatchClosed(ValueError):
    """The batch was settled or failed already."""


@transaction.atomic
def reserve_batch(*, program: Program, reward_ids: Iterable[int], actor: User, now: datetime) -> PayoutBatch:
    """Reserve available rewards into a batch. Rewards that are not available (any more) are left out.

    What the holder owes from an earlier claw-back is kept back from the payment. Raises OwnReward.
    """
    batch = PayoutBatch.objects.create(program=program, created_at=now, created_by_id=actor.pk)
    for reward_id in sorted(set(reward_ids)):
        reward = _lock(reward_id)
        if reward.program_id != program.pk or reward.state != R.AVAILABLE or reward.net <= 0:
            continue
        check_approver(reward, actor)
        _reserve(batch, reward, actor, now)
    audit.record(
        "referrals.batch.reserve", actor=actor, target=f"referrals.batch:{batch.pk}", now=now,
        after={"lines": batch.lines.count()},
    )  # fmt: skip
    return batch


def _reserve(batch: PayoutBatch, reward: Reward, actor: User, now: datetime) -> None:
    holder = ledger.holder_of(reward)
    held = ledger.lock_holder(holder, reward.currency)
    if held.get(A.MEMBER_AVAILABLE, 0) < reward.net:
        raise RuntimeError(f"{holder} has less available than reward {reward.pk} says")
    netted = min(-held.get(A.CLAWBACK_RECEIVABLE, 0), reward.net)
    change_state(reward, R.RESERVED, now=now, actor_id=actor.pk)
    PayoutLine.objects.create(
        batch=batch, reward=reward, amount=reward.net - netted, netted=netted, currency=reward.currency
    )
    ledger.move(
        reward, kind="reserve", now=now, actor_id=actor.pk, reason="",
        legs=[
            Leg(A.MEMBER_AVAILABLE, holder, -reward.net),
            Leg(A.PAYOUT_CLEARING, holder, reward.net - netted),
            Leg(A.CLAWBACK_RECEIVABLE, holder, netted),
        ],
    )  # fmt: skip


def _locked(batch_id: int) -> PayoutBatch:
    batch = PayoutBatch.objects.select_for_update(of=("self",)).select_related("program").get(pk=batch_id)
    if batch.state != PayoutBatch.State.RESERVED:
        raise BatchClosed(batch.state)
    return batch


def _close(batch: PayoutBatch, state: str, actor: User, now: datetime) -> None:
    batch.state, batch.closed_at, batch.closed_by_id = state, now, actor.pk
    batch.save(update_fields=["state", "closed_at", "closed_by_id"])


@transaction.atomic
def settle_batch(*, batch_id: int, actor: User, now: datetime, reference: str = "") -> PayoutBatch:
    """Record that a batch was paid. A batch with a large reward is settled by somebody else than its maker.

    Raises BatchClosed, SecondPersonNeeded, OwnReward.
    """
    batch = _locked(batch_id)
    lines = list(batch.lines.select_related("reward").filter(is_live=True).order_by("reward_id"))
    if batch.created_by_id == actor.pk and any(line.reward.needs_second for line in lines):
        raise SecondPersonNeeded
    for line in lines:
        reward = _lock(line.reward_id)
        if reward.user_id == actor.pk:
            raise OwnReward
        change_state(reward, R.FULFILLED, now=now, actor_id=actor.pk)
        paid = ledger.FULFILLED[batch.program.fulfilment]
        ledger.move(
            reward, kind="settle", legs=ledger.between(reward, A.PAYOUT_CLEARING, paid, line.amount), now=now,
            actor_id=actor.pk, reason=reference,
        )  # fmt: skip
        tell(reward, RewardPaid, now=now)
    _close(batch, PayoutBatch.State.SETTLED, actor, now)
    audit.record(
        "referrals.batch.settle", actor=actor, target=f"referrals.batch:{batch.pk}", now=now,
        after={"lines": len(lines), "amount": sum(line.amount for line in lines)}, reason=reference,
    )  # fmt: skip
    return batch


@transaction.atomic
def fail_batch(*, batch_id: int, actor: User, now: datetime, reason: str) -> PayoutBatch:
    """Record that a batch could not be paid: its rewards are available again, what was netted is owed again."""
    batch = _locked(batch_id)
    lines = list(batch.lines.filter(is_live=True).order_by("reward_id"))
    for line in lines:
        reward = _lock(line.reward_id)
        holder = ledger.holder_of(reward)
        taken = (line.amount + line.netted) - reward.net  # refunded while it was reserved: stays owed
        change_state(reward, R.AVAILABLE, now=now, actor_id=actor.pk, reason=reason)
        ledger.move(
            reward, kind="fail", now=now, actor_id=actor.pk, reason=reason,
            legs=[
                Leg(A.PAYOUT_CLEARING, holder, -line.amount),
                Leg(A.CLAWBACK_RECEIVABLE, holder, taken - line.netted),
                Leg(A.MEMBER_AVAILABLE, holder, line.amount + line.netted - taken),
            ],
        )  # fmt: skip
        if reward.net == 0:
            change_state(reward, R.REVERSED, now=now, actor_id=None, reason=reasons.REFUND)
    PayoutLine.objects.filter(batch=batch).update(is_live=False)
    _close(batch, PayoutBatch.State.FAILED, actor, now)
    audit.record(
        "referrals.batch.fail", actor=actor, target=f"referrals.batch:{batch.pk}", now=now,
        after={"lines": len(lines)}, reason=reason,
    )  # fmt: skip
    return batch


@transaction.atomic
def write_off(*, reward_id: int, actor: User, now: datetime, reason: str) -> int:
    """Give up what a holder still owes from a claw-back of this reward's account; return the amount."""
    reward = _lock(reward_id)
    check_approver(reward, actor)
    holder = ledger.holder_of(reward)
    owed = -ledger.lock_holder(holder, reward.currency).get(A.CLAWBACK_RECEIVABLE, 0)
    if owed <= 0:
        return 0
    reward.version += 1
    reward.save(update_fields=["version"])
    from referrals.services.rewards import _history

    _history(reward, before=reward.state, now=now, actor_id=actor.pk, reason=reason)
    ledger.move(
        reward, kind="write_off", now=now, actor_id=actor.pk, reason=reason,
        legs=[
            Leg(A.CLAWBACK_RECEIVABLE, holder, owed),
            Leg(A.WRITE_OFF, f"program:{reward.program_id}", -owed),
        ],
    )  # fmt: skip
    audit.record(
        "referrals.reward.write_off", actor=actor, target=f"referrals.reward:{reward.pk}", now=now,
        after={"amount": owed}, reason=reason,
    )  # fmt: skip
    return owed

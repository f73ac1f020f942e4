"""Paying by hand: reserve available rewards into a batch, then settle or fail it.

Claw-backs owed are kept back first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.models import LedgerAccount, PayoutBatch, PayoutLine, Program, Reward
from referrals.selectors.payout_lines import unsure_lines
from referrals.services.payouts.payout_lines import (
    BatchClosed,
    PaymentUnsure,
    close_if_done,
    fail_line,
    kept_for_unsure,
    lock_batch,
    settle_line,
)
from referrals.services.rewards import ledger
from referrals.services.rewards.approvals import (
    OwnReward,
    SecondPersonNeeded,
    check_approver,
    lock_reward,
)
from referrals.services.rewards.ledger import Leg
from referrals.services.rewards.reward_states import change_state
from referrals.services.state.locks import lock_companies, lock_rewards

__all__ = [
    "BatchClosed",
    "NothingToPay",
    "check_releaser",
    "fail_batch",
    "reserve_batch",
    "settle_batch",
]
R = Reward.State
A = LedgerAccount.Kind


class NothingToPay(ValueError):
    """None of these rewards is available (any more)."""


@transaction.atomic
def reserve_batch(
    *, program: Program, reward_ids: Iterable[int], actor: User, now: datetime
) -> PayoutBatch:
    """Reserve available rewards into a batch. What is not available (any more), or has nobody to go
    to, is left out.

    What the holder owes from an earlier claw-back is kept back from the payment; what may have been
    paid already is left out. Raises OwnReward, NothingToPay.
    """
    wanted = sorted(set(reward_ids))
    lock_companies(wanted)
    lock_rewards(
        wanted
    )  # all before the first account: a refund holds rewards and then waits for an account
    batch = PayoutBatch.objects.create(program=program, created_at=now, created_by_id=actor.pk)
    count = 0
    for reward_id in wanted:
        reward = lock_reward(reward_id)
        if reward.program_id != program.pk or reward.state != R.AVAILABLE or reward.net <= 0:
            continue
        if reward.holder.startswith("erased:") or unsure_lines().filter(reward=reward).exists():
            continue
        check_approver(reward, actor)
        reserve(reward, batch=batch, actor_id=actor.pk, now=now)
        count += 1
    if not count:
        raise NothingToPay
    audit.record(
        "referrals.batch.reserve",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        after={"lines": count},
    )
    return batch


def reserve(
    reward: Reward,
    *,
    batch: PayoutBatch,
    actor_id: int,
    now: datetime,
    line: PayoutLine | None = None,
) -> PayoutLine:
    """Move one available reward into payment: in a new line, or once more in a failed one.

    Raises PaymentUnsure.
    """
    held = ledger.lock_holder(reward.holder, reward.currency)
    open_lines = unsure_lines().filter(reward=reward)
    if (open_lines.exclude(payment_id=line.payment_id) if line else open_lines).exists():
        raise PaymentUnsure
    if held.get(A.MEMBER_AVAILABLE, 0) < reward.net:
        raise RuntimeError(f"{reward.holder} has less available than reward {reward.pk} says")
    owed = -held.get(A.CLAWBACK_RECEIVABLE, 0) - kept_for_unsure(
        reward.holder, reward.currency, besides=line
    )
    netted = min(max(0, owed), reward.net)
    amount = reward.net - netted
    if line is not None and (line.amount, line.netted) != (amount, netted):
        raise (PaymentUnsure if line.is_unsure else BatchClosed)("the amount is another one by now")
    change_state(reward, R.RESERVED, now=now, actor_id=actor_id)
    if line is None:
        line = PayoutLine.objects.create(
            batch=batch,
            reward=reward,
            amount=amount,
            netted=netted,
            currency=reward.currency,
            state_since=now,
            payment_id=_payment_id(reward, amount),
        )
    ledger.move(
        reward,
        kind="reserve",
        now=now,
        actor_id=actor_id,
        reason="",
        legs=[
            Leg(A.MEMBER_AVAILABLE, reward.holder, -reward.net),
            Leg(A.PAYOUT_CLEARING, reward.holder, amount),
            Leg(A.CLAWBACK_RECEIVABLE, reward.holder, netted),
        ],
    )
    return line


def _payment_id(reward: Reward, amount: int) -> UUID:
    """Return the name of the payment: that of an earlier try of the same amount, so that it is
    never made twice.
    """
    failed = PayoutLine.objects.filter(reward=reward, state=PayoutLine.State.FAILED, amount=amount)
    earlier = failed.order_by("-pk").values_list("payment_id", flat=True).first()
    return earlier or uuid4()


def check_releaser(batch: PayoutBatch, lines: list[PayoutLine], actor: User) -> None:
    """Raise SecondPersonNeeded for the maker of a batch with a large reward, OwnReward for whom it
    pays.
    """
    if batch.created_by_id == actor.pk and any(line.reward.needs_second for line in lines):
        raise SecondPersonNeeded
    if any(line.reward.user_id == actor.pk for line in lines):
        raise OwnReward


@transaction.atomic
def settle_batch(*, batch_id: int, actor: User, now: datetime, reference: str = "") -> PayoutBatch:
    """Record that a batch was paid by hand. A batch with a large reward is settled by somebody else
    than its maker.

    Raises BatchClosed, SecondPersonNeeded, OwnReward.
    """
    batch, lines = _open(batch_id)
    check_releaser(batch, lines, actor)
    for line in lines:
        settle_line(line, batch, now=now, actor_id=actor.pk, reference=reference)
    close_if_done(batch, now=now, actor_id=actor.pk)
    audit.record(
        "referrals.batch.settle",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        after={"lines": len(lines), "amount": sum(line.amount for line in lines)},
        reason=reference,
    )
    return batch


@transaction.atomic
def fail_batch(*, batch_id: int, actor: User, now: datetime, reason: str) -> PayoutBatch:
    """Record that a batch could not be paid by hand: its rewards are available again.

    Raises BatchClosed.
    """
    batch, lines = _open(batch_id)
    for line in lines:
        fail_line(line, now=now, actor_id=actor.pk, reason=reason)
    close_if_done(batch, now=now, actor_id=actor.pk)
    audit.record(
        "referrals.batch.fail",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        after={"lines": len(lines)},
        reason=reason,
    )
    return batch


def _open(batch_id: int) -> tuple[PayoutBatch, list[PayoutLine]]:
    """Lock a batch nothing of which has gone out, and the companies of its lines."""
    batch = lock_batch(batch_id)
    if batch.state != PayoutBatch.State.RESERVED:
        raise BatchClosed(batch.state)
    lines = list(batch.lines.select_related("reward").filter(is_live=True).order_by("reward_id"))
    lock_companies(line.reward_id for line in lines)
    lock_rewards(line.reward_id for line in lines)
    return batch, lines

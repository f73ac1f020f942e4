"""Payments of unknown outcome, failed without a clear refusal: a person records whether they were
made.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.models import LedgerAccount, PayoutBatch, PayoutLine, Reward
from referrals.rules import state_machine
from referrals.services.payouts.payout_lines import (
    BatchClosed,
    close_if_done,
    lock_line,
    set_batch,
    set_line,
    settle_line,
)
from referrals.services.payouts.payouts import check_releaser
from referrals.services.rewards import ledger
from referrals.services.rewards.approvals import OwnReward, lock_reward
from referrals.services.rewards.ledger import Leg
from referrals.services.rewards.reward_states import change_state

R = Reward.State
A = LedgerAccount.Kind
L = PayoutLine.State


class StillOnHold(ValueError):
    """The reward came back on hold meanwhile: it is approved or refused before its payment
    counts.
    """


@transaction.atomic
def resolve_line(
    *, line_id: int, actor: User, now: datetime, paid: bool, reason: str
) -> PayoutLine:
    """Say whether an unsure payment was made. Made: its reward is paid. Not made: it is free to be
    paid again.

    Whoever may settle the line may say it. Raises BatchClosed, StillOnHold, OwnReward,
    SecondPersonNeeded.
    """
    batch, line = lock_line(line_id)
    reward = lock_reward(line.reward_id)
    if line.state != L.FAILED or not line.is_unsure or reward.state in (R.RESERVED, R.FULFILLED):
        raise BatchClosed(line.state)
    check_releaser(batch, [line], actor)
    if reward.user_id == actor.pk:
        raise OwnReward
    if paid and reward.state in state_machine.ON_HOLD:
        raise StillOnHold(reward.state)
    if paid:
        _was_paid(line, reward, batch, actor_id=actor.pk, now=now, reference=reason)
    else:
        line.is_unsure = False
        set_line(line, L.FAILED, now=now, reason=reason)
    PayoutLine.objects.filter(payment_id=line.payment_id, is_unsure=True).update(is_unsure=False)
    audit.record(
        f"referrals.line.{'settle' if paid else 'fail'}",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        before={"is_unsure": True},
        after={"payment": str(line.payment_id), "amount": line.amount},
        reason=reason,
    )
    return line


def _was_paid(
    line: PayoutLine,
    reward: Reward,
    batch: PayoutBatch,
    *,
    actor_id: int,
    now: datetime,
    reference: str,
) -> None:
    """Move the reward through payment as it happened: what the line paid beyond its worth today is
    owed back.
    """
    ledger.lock_holder(reward.holder, reward.currency)
    change_state(reward, R.RESERVED, now=now, actor_id=actor_id, reason=reference)
    ledger.move(
        reward,
        kind="reserve",
        now=now,
        actor_id=actor_id,
        reason=reference,
        legs=[
            Leg(A.MEMBER_AVAILABLE, reward.holder, -reward.net),
            Leg(A.PAYOUT_CLEARING, reward.holder, line.amount),
            Leg(A.CLAWBACK_RECEIVABLE, reward.holder, reward.net - line.amount),
        ],
    )
    line.is_unsure = False
    set_line(line, L.RESERVED, now=now)
    set_batch(batch, PayoutBatch.State.SENDING)
    batch.save(update_fields=["state"])
    settle_line(line, batch, now=now, actor_id=actor_id, reference=reference)
    close_if_done(batch, now=now, actor_id=actor_id)

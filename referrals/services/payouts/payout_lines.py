"""One line of a payment: settled, failed, and its batch closed with the last of them.

Callers hold the batch's lock.
"""

from __future__ import annotations

from datetime import datetime

from referrals.events import RewardPaid
from referrals.models import LedgerAccount, PayoutBatch, PayoutLine, Reward
from referrals.rules import reasons, state_machine
from referrals.selectors.payout_lines import unsure_lines
from referrals.services.rewards import ledger
from referrals.services.rewards.approvals import lock_reward
from referrals.services.rewards.ledger import Leg
from referrals.services.rewards.reward_states import change_state, tell
from referrals.services.state.locks import lock_companies

R = Reward.State
A = LedgerAccount.Kind
L = PayoutLine.State


class BatchClosed(ValueError):
    """The payment was settled or failed already, or has gone out."""


class PaymentUnsure(ValueError):
    """An earlier payment may have been made: a person finds out first (services/unsure.py)."""


def lock_batch(batch_id: int) -> PayoutBatch:
    """Lock a batch. It comes before the companies of its lines (locks.py)."""
    rows = PayoutBatch.objects.select_for_update(of=("self",), no_key=True).select_related(
        "program"
    )
    return rows.get(pk=batch_id)


def lock_line(line_id: int) -> tuple[PayoutBatch, PayoutLine]:
    """Lock a line in the global lock order: its batch, then its company (with the reward)."""
    batch = lock_batch(PayoutLine.objects.values_list("batch_id", flat=True).get(pk=line_id))
    line = PayoutLine.objects.select_related("reward__organization", "reward__user").get(pk=line_id)
    lock_companies([line.reward_id])
    return batch, line


def kept_for_unsure(holder: str, currency: str, *, besides: PayoutLine | None = None) -> int:
    """Return how much of a holder's debt is repaid already should their payments of unknown outcome
    have been made.
    """
    lines = unsure_lines().filter(reward__holder=holder, currency=currency).select_related("reward")
    return sum(
        max(0, line.reward.net - line.amount)
        for line in lines
        if besides is None or line.pk != besides.pk
    )


def settle_line(
    line: PayoutLine, batch: PayoutBatch, *, now: datetime, actor_id: int | None, reference: str
) -> Reward:
    """Record that one line was paid: clearing → fulfilled; the referrer is notified."""
    reward = lock_reward(line.reward_id)
    change_state(reward, R.FULFILLED, now=now, actor_id=actor_id, reason=reference)
    paid = ledger.FULFILLED[batch.program.fulfilment]
    ledger.move(
        reward,
        kind="settle",
        legs=ledger.between(reward, A.PAYOUT_CLEARING, paid, line.amount),
        now=now,
        actor_id=actor_id,
        reason=reference,
    )
    set_line(line, L.SETTLED, now=now, reason=reference)
    tell(reward, RewardPaid, now=now)
    return reward


def fail_line(
    line: PayoutLine, *, now: datetime, actor_id: int | None, reason: str, is_unsure: bool = False
) -> Reward:
    """Record that one line could not be paid: its reward is available again, what was netted is
    owed again.
    """
    reward = lock_reward(line.reward_id)
    taken = (line.amount + line.netted) - reward.net  # refunded while it was reserved: stays owed
    change_state(reward, R.AVAILABLE, now=now, actor_id=actor_id, reason=reason)
    ledger.move(
        reward,
        kind="fail",
        now=now,
        actor_id=actor_id,
        reason=reason,
        legs=[
            Leg(A.PAYOUT_CLEARING, reward.holder, -line.amount),
            Leg(A.CLAWBACK_RECEIVABLE, reward.holder, taken - line.netted),
            Leg(A.MEMBER_AVAILABLE, reward.holder, line.amount + line.netted - taken),
        ],
    )
    if reward.net == 0:
        change_state(reward, R.REVERSED, now=now, actor_id=None, reason=reasons.REFUND)
    line.is_unsure = is_unsure
    set_line(line, L.FAILED, now=now, reason=reason)
    return reward


def set_line(line: PayoutLine, state: str, *, now: datetime, reason: str = "") -> None:
    """Write a line's state (or, where it stays, its reason); a failed line is not live."""
    if line.state != state:
        state_machine.PAYOUT_LINE.move(line, state)
    line.state_since, line.reason, line.is_live = now, reason[:300], state != L.FAILED
    line.save(update_fields=["state", "state_since", "reason", "is_live", "is_unsure", "delivery"])


def close_if_done(batch: PayoutBatch, *, now: datetime, actor_id: int | None) -> bool:
    """Close a batch whose lines have all ended: paid when any of them was, else failed."""
    states = set(PayoutLine.objects.filter(batch=batch).values_list("state", flat=True))
    if states & {L.RESERVED, L.SENT}:
        return False
    set_batch(batch, PayoutBatch.State.SETTLED if L.SETTLED in states else PayoutBatch.State.FAILED)
    batch.closed_at, batch.closed_by_id = now, actor_id
    batch.save(update_fields=["state", "closed_at", "closed_by_id"])
    return True


def set_batch(batch: PayoutBatch, state: str) -> None:
    """Set the state of a batch, which the caller saves; it may be in it already."""
    if batch.state != state:
        state_machine.PAYOUT_BATCH.move(batch, state)

"""What a holder owes after a claw-back: kept back from the next payment, or given up by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.models import LedgerAccount, Reward
from referrals.services import ledger
from referrals.services.approvals import MaybePaid, ReasonNeeded, SecondPersonNeeded, check_approver, lock_reward
from referrals.services.ledger import Leg
from referrals.services.lines import kept_for_unsure
from referrals.services.rewards import write_history

A = LedgerAccount.Kind


def owed_by(holder: str, currency: str) -> int:
    """Return what a holder owes, in minor units."""
    return max(0, -ledger.balances(holder, currency).get(A.CLAWBACK_RECEIVABLE, 0))


@transaction.atomic
def write_off(*, reward_id: int, actor: User, now: datetime, reason: str) -> int:
    """Give up what the holder of a reward still owes; return the amount.

    Raises ReasonNeeded, OwnReward, MaybePaid, and SecondPersonNeeded when it is a large sum and the actor approved the reward.
    """
    if not reason.strip():
        raise ReasonNeeded
    reward: Reward = lock_reward(reward_id)
    check_approver(reward, actor)
    owed = -ledger.lock_holder(reward.holder, reward.currency).get(A.CLAWBACK_RECEIVABLE, 0)
    if owed <= 0:
        return 0
    if kept_for_unsure(reward.holder, reward.currency):
        raise MaybePaid
    large = owed >= reward.program.review_threshold > 0
    if large and actor.pk in (reward.approved_by_id, reward.proposed_by_id):
        raise SecondPersonNeeded
    reward.version += 1
    reward.save(update_fields=["version"])
    write_history(reward, before=reward.state, now=now, actor_id=actor.pk, reason=reason)
    ledger.move(
        reward, kind="write_off", now=now, actor_id=actor.pk, reason=reason,
        legs=[
            Leg(A.CLAWBACK_RECEIVABLE, reward.holder, owed),
            Leg(A.WRITE_OFF, f"program:{reward.program_id}", -owed),
        ],
    )  # fmt: skip
    audit.record(
        "referrals.reward.write_off", actor=actor, target=f"referrals.reward:{reward.pk}", now=now,
        after={"amount": owed}, reason=reason,
    )  # fmt: skip
    return owed

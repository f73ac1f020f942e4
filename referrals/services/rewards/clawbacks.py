"""Claw-backs: what a holder owes is kept back from the next payment, or written off by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.models import LedgerAccount, LedgerEntry, Reward
from referrals.services.payouts.payout_lines import kept_for_unsure
from referrals.services.rewards import ledger
from referrals.services.rewards.approvals import (
    MaybePaid,
    ReasonNeeded,
    SecondPersonNeeded,
    check_approver,
    lock_reward,
)
from referrals.services.rewards.ledger import Leg
from referrals.services.rewards.reward_states import write_history

A = LedgerAccount.Kind


def owed_by(holder: str, currency: str) -> int:
    """Return what a holder owes, in minor units."""
    return max(0, -ledger.balances(holder, currency).get(A.CLAWBACK_RECEIVABLE, 0))


def _carriers(reward: Reward) -> list[Reward]:
    """Return the rewards whose claw-backs, and what was kept back for them, make up what a holder
    owes.
    """
    moved = LedgerEntry.objects.filter(
        account__kind=A.CLAWBACK_RECEIVABLE,
        account__holder=reward.holder,
        account__currency=reward.currency,
    )
    rows = Reward.objects.filter(pk__in=moved.values("transaction__reward_id")).exclude(
        pk=reward.pk
    )
    return list(rows.select_related("referral", "program"))


@transaction.atomic
def write_off(*, reward_id: int, actor: User, now: datetime, reason: str) -> int:
    """Give up what the holder of a reward still owes; return the amount.

    The debt is the holder's: nobody gives it up who has a part in any reward that it came from, nor
    a large one who proposed or approved any. Raises ReasonNeeded, OwnReward, MaybePaid,
    SecondPersonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded
    reward: Reward = lock_reward(reward_id)
    owed = -ledger.lock_holder(reward.holder, reward.currency).get(A.CLAWBACK_RECEIVABLE, 0)
    carriers = [reward, *_carriers(reward)]
    for carrier in carriers:
        check_approver(carrier, actor)
    if owed <= 0:
        return 0
    if kept_for_unsure(reward.holder, reward.currency):
        raise MaybePaid
    large = any(row.needs_second or owed >= row.program.review_threshold > 0 for row in carriers)
    if large and any(actor.pk in (row.approved_by_id, row.proposed_by_id) for row in carriers):
        raise SecondPersonNeeded
    reward.version += 1
    reward.save(update_fields=["version"])
    write_history(reward, before=reward.state, now=now, actor_id=actor.pk, reason=reason)
    ledger.move(
        reward,
        kind="write_off",
        now=now,
        actor_id=actor.pk,
        reason=reason,
        legs=[
            Leg(A.CLAWBACK_RECEIVABLE, reward.holder, owed),
            Leg(A.WRITE_OFF, f"program:{reward.program_id}", -owed),
        ],
    )
    audit.record(
        "referrals.reward.write_off",
        actor=actor,
        target=f"referrals.reward:{reward.pk}",
        now=now,
        after={"amount": owed},
        reason=reason,
    )
    return owed

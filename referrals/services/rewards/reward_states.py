"""One reward: settled to what it should be worth, moved from state to state, and told of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from portal import events
from portal.core.db.inserts import insert
from referrals.events import RewardFact, RewardReversed
from referrals.models import (
    Conversion,
    LedgerAccount,
    Program,
    Referral,
    Reward,
    RewardChange,
    RewardRule,
)
from referrals.rules import state_machine
from referrals.services.analytics.marks import mark_introductions
from referrals.services.programs.caps import take_budget, take_year
from referrals.services.rewards import ledger
from referrals.services.state import risk
from referrals.services.state.transitions import company_of, organization_ref

R = Reward.State
A = LedgerAccount.Kind
M = RewardRule.Milestone


def take(
    rule_id: int,
    has_budget: bool,
    program: Program,
    referral: Referral,
    year: int | None,
    amount: int,
) -> bool:
    """Take from (or give back to) the rule's budget and the referrer's year together, or from
    neither.
    """
    if not take_budget(rule_id, amount, has_budget):
        return False
    if take_year(program, referral.referrer_id, year, amount):
        return True
    take_budget(rule_id, -amount, has_budget)
    return False


def settle_to(
    reward: Reward,
    *,
    amount: int,
    reversed_amount: int,
    now: datetime,
    actor_id: int | None,
    reason: str,
    conversion: Conversion | None = None,
    is_counted: bool = False,
) -> None:
    """Post the difference between what a reward is and what it should be; move its state when it is
    all gone.

    `is_counted`: budget and year know of the difference already.
    """
    conversion = conversion or reward.conversion
    conversion_id = conversion.pk if conversion else None
    difference = (amount - reversed_amount) - reward.net
    if difference == 0 and amount == reward.amount and conversion_id == reward.conversion_id:
        return
    before = reward.state
    if difference > 0 and reward.state not in (*state_machine.ON_HOLD, R.REVERSED):
        return  # what was released never grows by itself
    has_budget = bool(reward.snapshot.get("has_budget"))
    if not is_counted and not take(
        reward.rule_id, has_budget, reward.program, reward.referral, reward.year, difference
    ):
        return  # neither does what has no budget, or none of the yearly cap left
    reward.amount, reward.reversed_amount, reward.conversion = amount, reversed_amount, conversion
    reward.version += 1
    if reward.approved_by_id is None:
        reward.needs_second = reward.amount >= reward.program.review_threshold > 0
        if difference > 0:
            reward.proposed_by_id = None  # whoever proposed it proposed less
    if reward.net == 0 and before in (*state_machine.ON_HOLD, R.AVAILABLE):
        state_machine.REWARD.move(reward, R.REVERSED)
    elif reward.net > 0 and before == R.REVERSED:
        state_machine.REWARD.move(
            reward, R.HELD if risk.open_doubts(reward.referral_id) else R.PENDING
        )
    if reward.state != before:
        reward.state_since = now
    changed = ["amount", "reversed_amount", "conversion", "version", "state", "state_since"]
    reward.save(update_fields=[*changed, "needs_second", "proposed_by_id"])
    write_history(reward, before=before, now=now, actor_id=actor_id, reason=reason)
    if difference == 0:
        return
    _post_difference(reward, before, difference, now=now, actor_id=actor_id, reason=reason)
    if difference < 0:
        tell(reward, RewardReversed, now=now, taken=-difference, reason=reason)


def _post_difference(
    reward: Reward,
    before: str,
    difference: int,
    *,
    now: datetime,
    actor_id: int | None,
    reason: str,
) -> None:
    if difference > 0:
        kind, legs = (
            "accrue",
            ledger.between(reward, A.PROGRAM_EXPENSE, A.MEMBER_PENDING, difference),
        )
    elif before in state_machine.ON_HOLD:
        kind, legs = (
            "reverse",
            ledger.between(reward, A.MEMBER_PENDING, A.PROGRAM_EXPENSE, -difference),
        )
    elif before == R.AVAILABLE:
        ledger.lock_holder(reward.holder, reward.currency)
        kind, legs = (
            "clawback",
            ledger.between(reward, A.MEMBER_AVAILABLE, A.PROGRAM_EXPENSE, -difference),
        )
    else:  # reserved or paid: the holder owes it, and the next payment nets it
        kind, legs = (
            "clawback",
            ledger.between(reward, A.CLAWBACK_RECEIVABLE, A.PROGRAM_EXPENSE, -difference),
        )
    ledger.move(reward, kind=kind, legs=legs, now=now, actor_id=actor_id, reason=reason)


def write_history(
    reward: Reward, *, before: str, now: datetime, actor_id: int | None, reason: str
) -> None:
    insert(
        RewardChange(
            reward=reward,
            version=reward.version,
            before=before,
            after=reward.state,
            amount=reward.amount,
            reversed_amount=reward.reversed_amount,
            actor_id=actor_id,
            reason=reason[:200],
            at=now,
        )
    )
    if R.FULFILLED in (before, reward.state):
        mark_introductions([reward.referral_id])


def change_state(
    reward: Reward, to: str, *, now: datetime, actor_id: int | None, reason: str = "", **fields: Any
) -> None:
    """Move a reward whose row the caller has locked; write its history.

    Raises TransitionRefused.
    """
    before = reward.state
    state_machine.REWARD.move(reward, to)
    reward.state_since, reward.version = now, reward.version + 1
    for name, value in fields.items():
        setattr(reward, name, value)
    reward.save(update_fields=["state", "state_since", "version", *fields])
    write_history(reward, before=before, now=now, actor_id=actor_id, reason=reason)


def tell(reward: Reward, fact: type[RewardFact], *, now: datetime, **more: Any) -> None:
    """Publish a fact about a reward."""
    referral = reward.referral
    events.publish(
        fact(
            title=company_of(referral),
            url=reverse("referrals:referral", args=[referral.public_id]),
            reward_id=str(reward.public_id),
            referral_id=str(referral.public_id),
            referrer_id=referral.referrer_id,
            side=reward.side,
            milestone=reward.milestone,
            amount=reward.net,
            currency=reward.currency,
            user_id=reward.user_id,
            beneficiary_organization_id=reward.organization_id,
            program=reward.program.slug,
            **more,
        ),
        subject=f"referrals.reward:{reward.pk}",
        now=now,
        organization=organization_ref(reward.organization_id),
    )

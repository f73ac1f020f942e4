"""Reward calculation: what every reward should be, given the state of introductions.

Writes nothing; rewards.py posts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from referrals.models import Conversion, Program, Referral, Reward, RewardRule
from referrals.rules import reasons
from referrals.rules.reward_tiers import Room, amount_at
from referrals.services.rewards.reward_inputs import CONTRACT, MILESTONES, Case

REFERRER = str(RewardRule.Side.REFERRER)


@dataclass
class Target:
    """What one reward should be. Without `reward` it is still to be granted by `rule`."""

    case: Case
    rule: RewardRule
    reward: Reward | None
    amount: int
    taken: int
    conversion: Conversion | None
    year: int | None
    rank: int | None
    reason: str = reasons.REFUND

    @property
    def change(self) -> int:
        return self.amount - self.taken - (self.reward.net if self.reward else 0)


def plan(
    program: Program, rules: Sequence[RewardRule], cases: Sequence[Case], rewards: Iterable[Reward]
) -> list[Target]:
    """Return the target of every reward of these introductions, granted or not yet.

    What a person approved keeps its amount and takes its part of the year first; the rest of the
    year goes to the others in the order in which their milestones were reached.
    """
    by_pk, room = {rule.pk: rule for rule in rules}, Room()
    of_case = {case.referral.pk: case for case in cases}
    targets: list[Target] = []
    moving: list[tuple[Case, RewardRule, Reward | None]] = []
    have: set[tuple[int, str, str]] = set()
    for reward in rewards:
        case = of_case.get(reward.referral_id)
        if case is None:
            continue
        have.add((case.referral.pk, reward.milestone, reward.side))
        if reward.refused_at is not None:
            continue
        if reward.approved_by_id is not None:
            targets.append(_approved(case, by_pk[reward.rule_id], reward, room))
        else:
            moving.append((case, by_pk[reward.rule_id], reward))
    moving += [
        (case, rule, None)
        for case in cases
        for rule in rules
        if rule.is_active
        and rule.milestone in case.reached
        and (case.referral.pk, rule.milestone, rule.side) not in have
    ]
    moving.sort(
        key=lambda row: (
            *row[0].order(row[1].milestone),
            MILESTONES.index(row[1].milestone),
            row[1].side,
        )
    )
    return targets + [_moving(case, rule, reward, program, room) for case, rule, reward in moving]


def _approved(case: Case, rule: RewardRule, reward: Reward, room: Room) -> Target:
    """Approved money only shrinks, by refunds or a correction of its own sale or because the
    introduction does not stand.
    """
    conversion = reward.conversion
    if conversion is not None and case.bound is not None and conversion.pk == case.bound.pk:
        conversion = case.bound  # the freshest numbers
    share = _gone(reward, conversion) if case.stands else reward.amount
    taken = max(share, reward.reversed_amount)
    room.use(reward.year, reward.amount - taken)
    return Target(
        case, rule, reward, reward.amount, taken, conversion, reward.year, reward.rank, _why(case)
    )


def _gone(reward: Reward, conversion: Conversion | None) -> int:
    """Return what refunds take of a reward, and what was too much because its sale was smaller."""
    is_share = reward.snapshot.get("basis_points") and not reward.snapshot.get("amount")
    is_whole = conversion is None or conversion.currency != reward.snapshot.get("currency")
    if not is_share or is_whole:
        return refund_share(reward.amount, conversion)
    rightly = min(worth(reward.snapshot, conversion), reward.amount)
    return reward.amount - rightly + refund_share(rightly, conversion)


def _moving(
    case: Case, rule: RewardRule, reward: Reward | None, program: Program, room: Room
) -> Target:
    snapshot = reward.snapshot if reward is not None else snapshot_of(rule, program, case.referral)
    conversion = reward.conversion if reward is not None else None
    if rule.milestone in CONTRACT:
        conversion = case.bound or conversion
    year = case.year(rule.milestone) if rule.side == REFERRER else None
    rank = case.rank if snapshot.get("steps") else None
    gross = worth(snapshot, conversion, rank) or (reward.amount if reward is not None else 0)
    amount = room.fit(gross, cap=snapshot.get("year_cap"), year=year)
    reason = _why(case)
    if reward is not None and case.stands and rank != reward.rank:
        reason = reasons.OUTRANKED
    if (
        amount == 0 and reward is not None
    ):  # nothing is left of the year: it is taken back, and may come again
        amount, taken, reason = reward.amount, reward.amount, reasons.YEAR_FULL
    else:
        taken = refund_share(amount, conversion) if case.stands else amount
    room.use(year, amount - taken)
    return Target(case, rule, reward, amount, taken, conversion, year, rank, reason)


def _why(case: Case) -> str:
    return reasons.REFUND if case.stands else reasons.DOES_NOT_STAND


def snapshot_of(rule: RewardRule, program: Program, referral: Referral) -> dict[str, Any]:
    """Return the rule as it stands, to be kept on the reward: later changes of the rule do not
    reach it.
    """
    return {
        "rule": rule.pk,
        "amount": rule.amount,
        "basis_points": rule.basis_points,
        "steps": rule.steps,
        "cap": rule.cap,
        "currency": program.currency,
        "hold_days": program.hold_days,
        "terms": referral.terms_id,
        "has_budget": rule.budget is not None,
        "year_cap": program.year_cap,
    }


def worth(snapshot: dict[str, Any], conversion: Conversion | None, rank: int | None = None) -> int:
    """Return what a rule makes of a sale, in minor units; 0 when a share has no sale (or another
    currency) yet.
    """
    if snapshot.get("steps"):
        return amount_at(snapshot["steps"], rank)
    if snapshot["amount"]:
        return int(snapshot["amount"])
    if conversion is None or conversion.currency != snapshot["currency"]:
        return 0
    share = conversion.amount * int(snapshot["basis_points"]) // 10_000
    return min(share, int(snapshot["cap"])) if snapshot["cap"] is not None else share


def refund_share(amount: int, conversion: Conversion | None) -> int:
    """Return ⌊reward × refunded ÷ sale⌋: what a cumulative refund takes back of a reward."""
    return amount * conversion.refunded_amount // conversion.amount if conversion is not None else 0

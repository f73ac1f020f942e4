"""Editing reward rules. A rule that has granted is closed and replaced; one that has not is changed
in place.

The budget belongs to the milestone and side, not to the row: the new rule continues with what the
old one left (decision 0010).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.models import Program, Reward, RewardRule


class Overspent(ValueError):
    """The wished budget is less than what was granted of it already; `spent` in minor units."""

    def __init__(self, wish: Wish, spent: int) -> None:
        super().__init__(str(spent))
        self.wish, self.spent = wish, spent


class LastRule(ValueError):
    """An open program promises something: its last rule cannot be closed."""


@dataclass(frozen=True)
class Wish:
    """What a rule should be.

    Amounts in minor units; exactly one of amount, basis points and steps is given.
    """

    milestone: str
    side: str
    amount: int = 0
    basis_points: int = 0
    steps: list[list[int]] = field(default_factory=list)
    cap: int | None = None
    budget: int | None = None
    is_active: bool = True

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "amount": self.amount,
            "basis_points": self.basis_points,
            "steps": self.steps,
            "cap": self.cap,
            "budget": self.budget,
        }


def facts_of(rule: RewardRule) -> dict[str, Any]:
    """Return what a rule promises, its whole budget included."""
    return {
        "amount": rule.amount,
        "basis_points": rule.basis_points,
        "steps": rule.steps,
        "cap": rule.cap,
        "budget": rule.whole_budget,
    }


@transaction.atomic
def save_rules(*, program: Program, wishes: list[Wish], actor: User, now: datetime) -> None:
    """Apply the edited rules to a program, all or none. Raises Overspent, LastRule."""
    Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    for wish in wishes:
        _save(program, wish, actor, now)
    if program.state == Program.State.OPEN and not program.rules.filter(is_active=True).exists():
        raise LastRule


def _save(program: Program, wish: Wish, actor: User, now: datetime) -> None:
    current = (
        RewardRule.objects.select_for_update(of=("self",))
        .filter(program=program, milestone=wish.milestone, side=wish.side, is_active=True)
        .first()
    )
    wished = wish.facts if wish.is_active else None
    if (facts_of(current) if current else None) == wished:
        return
    before = facts_of(current) if current else {}
    spent = (
        current.spent_before + current.granted_amount
        if current and current.budget is not None
        else 0
    )
    if wish.is_active and wish.budget is not None and wish.budget < spent:
        raise Overspent(wish, spent)
    if current is not None and not Reward.objects.filter(rule=current).exists():
        RewardRule.objects.filter(pk=current.pk).delete()
    elif current is not None:
        closed: dict[str, Any] = {"is_active": False}
        if current.budget is not None:
            closed["budget"] = current.granted_amount  # the rest goes to the rule that follows
        RewardRule.objects.filter(pk=current.pk).update(**closed)
    if wish.is_active:
        left = None if wish.budget is None else wish.budget - spent
        RewardRule.objects.create(
            program=program,
            milestone=wish.milestone,
            side=wish.side,
            amount=wish.amount,
            basis_points=wish.basis_points,
            steps=wish.steps,
            cap=wish.cap,
            budget=left,
            spent_before=spent if left is not None else 0,
        )
    audit.record(
        "referrals.program.rule",
        actor=actor,
        target=f"referrals.program:{program.pk}",
        now=now,
        before={"milestone": wish.milestone, "side": wish.side, **before},
        after={"milestone": wish.milestone, "side": wish.side, **(wished or {"closed": True})},
    )

"""Writing programs: settings, reward rules, terms. What was promised stays: rules and terms get new rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals import cache
from referrals.models import Program, RewardRule, TermsVersion

MOVES = {
    "draft": {"open"}, "open": {"paused", "ended"}, "paused": {"open", "ended"}, "ended": set[str](),
}  # fmt: skip


class BadState(ValueError):
    """A program goes from draft to open, may pause, and ends for good."""


class NothingPromised(ValueError):
    """A program opens only with a reward rule and terms."""


@transaction.atomic
def save_program(
    *,
    program: Program | None,
    actor: User,
    now: datetime,
    fields: dict[str, Any],
    amounts: dict[str, int | None],
    budget: int | None,
    terms: tuple[str, str],
) -> Program:
    """Make or change a program. Raises BadState, NothingPromised.

    A changed amount is a new rule: rewards granted before keep the old one. Changed words are a new terms version.
    """
    before = _facts(program) if program else {}
    state = fields.pop("state", Program.State.DRAFT)
    if program is None:
        program = Program(
            created_at=now, state=Program.State.DRAFT, is_default=not Program.objects.filter(is_default=True).exists()
        )
    for name, value in fields.items():
        setattr(program, name, value)
    program.save()
    for side, amount in amounts.items():
        _set_rule(program, side, amount or 0, budget)
    _set_terms(program, terms, now)
    if state != program.state:
        if state not in MOVES[program.state]:
            raise BadState(f"{program.state} → {state}")
        if state == Program.State.OPEN and not (
            program.rules.filter(is_active=True).exists() and program.terms.exists()
        ):
            raise NothingPromised
        program.state = state
        program.save(update_fields=["state"])
    audit.record(
        "referrals.program.save", actor=actor, target=f"referrals.program:{program.pk}", now=now, before=before,
        after=_facts(program),
    )  # fmt: skip
    program_id = program.pk
    transaction.on_commit(lambda: cache.forget_program(program_id), robust=True)
    return program


def _facts(program: Program) -> dict[str, Any]:
    return {
        "state": program.state, "target_url": program.target_url, "hosts": program.hosts,
        "window_days": program.window_days, "hold_days": program.hold_days, "review_threshold": program.review_threshold,
        "rules": list(
            program.rules.filter(is_active=True).order_by("pk").values("milestone", "side", "amount", "basis_points", "cap", "budget")
        ),
    }  # fmt: skip


def _set_rule(program: Program, side: str, amount: int, budget: int | None) -> None:
    """Put a fixed reward for won introductions in force; 0 takes it out of force."""
    current = (
        RewardRule.objects.select_for_update()
        .filter(program=program, milestone=RewardRule.Milestone.WON, side=side, is_active=True)
        .first()
    )
    if current is not None and current.basis_points:
        return  # a share is edited in the admin, not here
    if current is not None and (current.amount, current.budget) == (amount, budget):
        return
    if current is not None:
        RewardRule.objects.filter(pk=current.pk).update(is_active=False)
    if amount:
        RewardRule.objects.create(
            program=program, milestone=RewardRule.Milestone.WON, side=side, amount=amount, budget=budget
        )


def _set_terms(program: Program, terms: tuple[str, str], now: datetime) -> None:
    last = program.terms.order_by("-number").first()
    ja, en = (text.strip() for text in terms)
    if not (ja or en) or (last is not None and (last.text_ja, last.text_en) == (ja, en)):
        return
    TermsVersion.objects.create(
        program=program, number=last.number + 1 if last else 1, text_ja=ja or en, text_en=en or ja, published_at=now
    )

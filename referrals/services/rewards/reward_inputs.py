"""Inputs of the reward calculation: one introduction, or all of a referrer's when tiers or a yearly
cap couple them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from portal.core.calendar.calendars import site_calendar
from portal.core.time import day_of
from referrals.models import (
    Attribution,
    Conversion,
    Program,
    Referral,
    ReferredOrganization,
    RewardRule,
    Step,
)
from referrals.rules import state_machine
from referrals.rules.reward_tiers import rank_at
from referrals.services.state.customers import is_older, standing_of, steps_brought
from referrals.services.state.locks import lock_key

S = Referral.State
MILESTONES: Final = tuple(str(value) for value in RewardRule.Milestone.values)
CONTRACT: Final = frozenset({str(RewardRule.Milestone.WON), str(RewardRule.Milestone.LIVE)})


@dataclass
class Case:
    """One credited introduction: the sale its rewards follow, when it reached what, and its place
    among those won.
    """

    referral: Referral
    bound: Conversion | None
    dates: dict[str, datetime] = field(default_factory=dict)
    rank: int | None = None

    @property
    def stands(self) -> bool:
        return self.referral.state in state_machine.RANK

    @property
    def reached(self) -> list[str]:
        """The milestones this introduction has reached."""
        if not self.stands:
            return []
        rank = state_machine.RANK[self.referral.state]
        return [milestone for milestone in MILESTONES if rank >= state_machine.RANK[S(milestone)]]

    @property
    def counts(self) -> bool:
        """Say whether it is a won introduction for the steps: a contract that was not wholly
        refunded.
        """
        refunded = self.bound is not None and 0 < self.bound.amount <= self.bound.refunded_amount
        return str(RewardRule.Milestone.WON) in self.reached and not refunded

    def at(self, milestone: str) -> datetime:
        """Return when a milestone was reached, by the facts."""
        return self.dates.get(milestone, self.referral.introduced_at)

    def year(self, milestone: str) -> int:
        """Return the calendar year, here, in which a milestone was reached."""
        return day_of(self.at(milestone), site_calendar()).year

    def order(self, milestone: str) -> tuple[datetime, datetime, str, int]:
        """Return the key by which the yearly cap is laid out: the earliest contract first, facts
        before ids.
        """
        return (
            self.at(milestone),
            self.referral.introduced_at,
            self.bound.invoice if self.bound else "",
            self.referral.pk,
        )


def are_coupled(program: Program, rules: Sequence[RewardRule]) -> bool:
    """Say whether one introduction of a person can change what another one is worth."""
    return program.year_cap is not None or program.was_capped or any(rule.steps for rule in rules)


def lock_referrers(program_id: int, organization_id: int) -> list[int]:
    """Lock everybody who introduced a company, in order of id, until the transaction ends; return
    their ids.

    Taken after the company's lock and before any reward's; nothing takes a company's lock while it
    holds one of these. Whoever changed a fact takes them before reading, so that the last of
    several writers sees what all wrote.
    """
    ids = (
        Referral.objects.filter(program_id=program_id, organization_id=organization_id)
        .order_by("referrer_id")
        .values_list("referrer_id", flat=True)
        .distinct()
    )
    found = list(ids)
    for user_id in found:
        lock_key(f"referrer:{program_id}:{user_id}")
    return found


def reward_input_of(referral: Referral, referred: ReferredOrganization, *, by_staff: bool) -> Case:
    """Return one credited introduction by itself; its place among others does not matter."""
    sales, steps = standing_of(referral, referred.pk, by_staff=by_staff)
    return Case(referral, sales[0] if sales else None, _dates(steps))


def reward_inputs_of(program: Program, referrer_id: int) -> list[Case]:
    """Return every credited introduction of a person in a program, each with its rank.

    The caller holds the person's lock.
    """
    cases: dict[int, Case] = {}
    rules: dict[int, str] = {}
    for row in (
        Attribution.objects.filter(
            program_id=program.pk, is_active=True, referral__referrer_id=referrer_id
        )
        .select_related("referral__organization", "referral__link")
        .order_by("referral_id")
    ):
        row.referral.program = program
        cases[row.referred_id] = Case(row.referral, None)
        rules[row.referred_id] = row.rule
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(referred_id__in=cases):
        steps.setdefault(step.referred_id, []).append(step)
    sales: dict[int, list[Conversion]] = {}
    for sale in Conversion.objects.filter(referred_id__in=cases).order_by("occurred_at", "invoice"):
        case, by_staff = cases[sale.referred_id], rules[sale.referred_id] == "staff"
        if by_staff or not is_older(sale.occurred_at, case.referral.introduced_at):
            sales.setdefault(sale.referred_id, []).append(sale)
    for referred_id, case in cases.items():
        brought = sales.get(referred_id, [])
        case.bound = brought[0] if brought else None
        by_staff = rules[referred_id] == "staff"
        case.dates = _dates(
            steps_brought(case.referral, steps.get(referred_id, []), brought, by_staff=by_staff)
        )
    won = [case.at(RewardRule.Milestone.WON) for case in cases.values() if case.counts]
    for case in cases.values():
        if str(RewardRule.Milestone.WON) in case.reached:
            case.rank = rank_at(won, case.at(RewardRule.Milestone.WON))
    return list(cases.values())


def _dates(steps: Iterable[Step]) -> dict[str, datetime]:
    """Return when each milestone was reached: the earliest date of its own stage or a later one."""
    found: dict[str, datetime] = {}
    for step in steps:
        for milestone in MILESTONES:
            far = (
                step.stage in state_machine.RANK
                and state_machine.RANK[step.stage] >= state_machine.RANK[S(milestone)]
            )
            if far and (milestone not in found or step.at < found[milestone]):
                found[milestone] = step.at
    return found

"""Syncs the credited introduction to the stage of its company."""

from __future__ import annotations

from datetime import datetime

from portal import events
from referrals.events import ReferralWon
from referrals.models import (
    Attribution,
    Program,
    Referral,
    ReferredOrganization,
    Reward,
    Step,
)
from referrals.services.rewards.rewards import reconcile
from referrals.services.state import transitions
from referrals.services.state.customers import standing_of
from referrals.services.state.transitions import about, organization_ref

S = Referral.State


def active_attribution(referred: ReferredOrganization) -> Attribution | None:
    """Return who is credited for a company, with the introduction."""
    return (
        Attribution.objects.select_related("referral__program", "referral__organization")
        .filter(
            program_id=referred.program_id,
            organization_id=referred.organization_id,
            is_active=True,
        )
        .first()
    )


def catch_up(
    attribution: Attribution,
    referred: ReferredOrganization,
    *,
    program: Program,
    now: datetime,
    actor_id: int | None = None,
    fact_id: int | None = None,
    reason: str = "",
) -> None:
    """Move the credited introduction to where its company stands, then bring the rewards to what
    that means.
    """
    referral = attribution.referral
    was_won = referral.state in (S.WON, S.LIVE)
    sales, steps = standing_of(referral, referred.pk, by_staff=attribution.rule == "staff")
    if any(step.pk is None for step in steps):  # the contract had another date so far, or none
        transitions.record_step(
            referred, stage=Step.Stage.WON, at=sales[0].occurred_at, actor_id=actor_id
        )
    transitions.follow_steps(
        referral, steps, now=now, fact_id=fact_id, actor_id=actor_id, reason=reason
    )
    reconcile(referred, program=program, now=now, actor_id=actor_id, attribution=attribution)
    if referral.state in (S.WON, S.LIVE) and not was_won:
        rewards = [
            {"side": side, "milestone": milestone, "amount": amount - taken, "currency": currency}
            for side, milestone, amount, taken, currency in Reward.objects.filter(
                referral=referral
            ).values_list("side", "milestone", "amount", "reversed_amount", "currency")
        ]
        events.publish(
            ReferralWon(**about(referral), rewards=rewards),
            subject=f"referrals.referral:{referral.pk}",
            now=now,
            organization=organization_ref(referral.referrer_organization_id),
        )

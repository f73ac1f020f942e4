"""Reconciles rewards: calculates what each should be worth and posts the difference.

Approval is by people, never automatic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from portal.accounts.models import Organization, User
from portal.core.db.inserts import insert
from referrals.events import RewardGranted
from referrals.models import (
    Attribution,
    LedgerAccount,
    Program,
    Referral,
    ReferralLink,
    ReferredOrganization,
    Reward,
    RewardRule,
    TermsVersion,
)
from referrals.rules import reasons, state_machine
from referrals.services.rewards import ledger
from referrals.services.rewards.reward_calculation import Target, plan, snapshot_of
from referrals.services.rewards.reward_inputs import (
    are_coupled,
    lock_referrers,
    reward_input_of,
    reward_inputs_of,
)
from referrals.services.rewards.reward_states import settle_to, take, tell, write_history
from referrals.services.state import risk
from referrals.services.state.locks import lock_key

R = Reward.State
A = LedgerAccount.Kind
M = RewardRule.Milestone


def reconcile(
    referred: ReferredOrganization,
    *,
    program: Program,
    now: datetime,
    actor_id: int | None = None,
    attribution: Attribution | None = None,
    reason: str = "",
) -> None:
    """Bring every reward of a company's introductions in line with the inbound records. The caller
    holds the company's lock.

    The target depends only on the set of records (who is credited, stages, sales, cumulative
    refunds), and the ledger gets the difference: late, duplicated and reordered records give the
    same ledger. Where tiers or a yearly cap let one introduction of a person change what another is
    worth, all of theirs are reconciled, under the person's lock.
    """
    rules = list(RewardRule.objects.filter(program=program).order_by("pk"))
    coupled = are_coupled(program, rules)
    referrers = lock_referrers(program.pk, referred.organization_id) if coupled else []
    if attribution is None:
        attribution = (
            Attribution.objects.select_related("referral__organization")
            .filter(referred=referred, is_active=True)
            .first()
        )
    referral = attribution.referral if attribution else None
    rewards = _locked(program, referred.organization_id, referrers)
    for reward in rewards:
        here = reward.referral.organization_id == referred.organization_id
        if here and (referral is None or reward.referral_id != referral.pk):
            settle_to(
                reward,
                amount=reward.amount,
                reversed_amount=reward.amount,
                now=now,
                actor_id=actor_id,
                reason=reason or reasons.SUPERSEDED,
            )
    if not coupled and not rewards and (referral is None or not _is_due(referral)):
        return
    if coupled:
        together = [reward_inputs_of(program, referrer_id) for referrer_id in referrers]
    else:
        together = []
        if referral is not None and attribution is not None:
            by_staff = attribution.rule == "staff"
            together = [[reward_input_of(referral, referred, by_staff=by_staff)]]
    for cases in together:
        targets = plan(program, rules, cases, rewards)
        _carry_out(targets, program=program, now=now, actor_id=actor_id, reason=reason)


def _is_due(referral: Referral) -> bool:
    """Say whether an introduction has come so far that a rule may reward it."""
    return (
        state_machine.RANK.get(referral.state, -1) >= state_machine.RANK[Referral.State.QUALIFIED]
    )


def _locked(program: Program, organization_id: int, referrers: Sequence[int]) -> list[Reward]:
    """Lock the rewards of a company's introductions, and of whoever else is concerned, in order of
    id.
    """
    concerned = Q(referral__organization_id=organization_id)
    if referrers:
        concerned |= Q(referral__referrer_id__in=referrers)
    return list(
        Reward.objects.select_for_update(of=("self",))
        .select_related("referral__organization", "program", "conversion")
        .filter(concerned, program=program)
        .order_by("pk")
    )


def _carry_out(
    targets: list[Target], *, program: Program, now: datetime, actor_id: int | None, reason: str
) -> None:
    """Post the differences: decreases first, so that increases find budget and yearly cap free."""
    for target in sorted(targets, key=lambda target: target.change > 0):
        if target.reward is None:
            _grant(target, program=program, now=now)
            continue
        reward = target.reward
        if target.year != reward.year and reward.approved_by_id is None:
            settle_to(
                reward,
                amount=reward.amount,
                reversed_amount=reward.amount,
                now=now,
                actor_id=actor_id,
                reason=reasons.OTHER_YEAR,
            )
            reward.year = target.year
            reward.save(update_fields=["year"])
        if target.rank != reward.rank and reward.approved_by_id is None:
            reward.rank = target.rank
            reward.save(update_fields=["rank"])
        settle_to(
            reward,
            amount=target.amount,
            reversed_amount=target.taken,
            now=now,
            actor_id=actor_id,
            conversion=target.conversion,
            reason=reason or target.reason,
        )


def _beneficiary(referral: Referral, rule: RewardRule) -> tuple[str, int | None, int | None] | None:
    """Return (kind, user, organization) of who gets it; None when the referrer chose nobody or
    nobody can.
    """
    if rule.side == RewardRule.Side.REFEREE:
        return Reward.Beneficiary.COMPANY, None, referral.organization_id
    link = (
        referral.link
        or ReferralLink.objects.filter(user_id=referral.referrer_id, program_id=referral.program_id)
        .order_by("-pk")
        .first()
    )
    choice = link.beneficiary if link else ReferralLink.Beneficiary.COMPANY
    if choice == ReferralLink.Beneficiary.NONE:
        return None
    company = referral.referrer_organization_id
    public = Organization.objects.filter(pk=company or 0, is_public_sector=True)
    if choice == ReferralLink.Beneficiary.PERSON and company is not None and public.exists():
        choice = ReferralLink.Beneficiary.COMPANY  # public servants take no personal rewards
    if choice == ReferralLink.Beneficiary.COMPANY and company is None:
        choice = ReferralLink.Beneficiary.PERSON
    if choice != ReferralLink.Beneficiary.COMPANY:
        lock_key(
            f"person:{referral.referrer_id}"
        )  # serialised with user erasure: wholly before or wholly after
        if User.objects.filter(pk=referral.referrer_id, erased_at__isnull=False).exists():
            return None
    return choice, referral.referrer_id, company


def _grant(target: Target, *, program: Program, now: datetime) -> None:
    rule, referral, amount = target.rule, target.case.referral, target.amount
    who = _beneficiary(referral, rule)
    net = (
        amount - target.taken
    )  # what a refund has taken already needs no budget: it may have come before the sale
    if (
        amount <= 0
        or who is None
        or not take(rule.pk, rule.budget is not None, program, referral, target.year, net)
    ):
        return
    reward = Reward(
        program=program,
        referral=referral,
        conversion=target.conversion,
        rule=rule,
        terms_id=_terms_id(referral),
        milestone=rule.milestone,
        side=rule.side,
        beneficiary=who[0],
        user_id=who[1],
        organization_id=who[2],
        holder=ledger.holder_for(who[0], user_id=who[1], organization_id=who[2]),
        amount=amount,
        reversed_amount=0,
        currency=program.currency,
        snapshot=snapshot_of(rule, program, referral),
        year=target.year,
        rank=target.rank,
        state=R.HELD if risk.open_doubts(referral.pk) else R.PENDING,
        state_since=now,
        version=1,
        due_at=now + timedelta(days=program.hold_days),
        needs_second=amount >= program.review_threshold > 0,
        granted_at=now,
    )
    insert(reward)
    write_history(reward, before="", now=now, actor_id=None, reason="")
    ledger.move(
        reward,
        kind="accrue",
        legs=ledger.between(reward, A.PROGRAM_EXPENSE, A.MEMBER_PENDING, amount),
        now=now,
        actor_id=None,
        reason="",
    )
    tell(reward, RewardGranted, now=now, due_at=reward.due_at.isoformat())
    if target.taken:
        settle_to(
            reward,
            amount=amount,
            reversed_amount=target.taken,
            now=now,
            actor_id=None,
            reason=reasons.REFUND,
            is_counted=True,
        )


def _terms_id(referral: Referral) -> int | None:
    if referral.terms_id is not None:
        return referral.terms_id
    newest = TermsVersion.objects.filter(program_id=referral.program_id).order_by("-number").first()
    return newest.pk if newest else None

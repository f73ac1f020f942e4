"""Reconciles rewards: calculates what each should be worth and posts the difference.

Approval is by people, never automatic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from portal import events
from portal.accounts.models import Organization, User
from portal.core.db.inserts import insert
from referrals.events import RewardFact, RewardGranted, RewardReversed
from referrals.models import (
    Attribution,
    Conversion,
    LedgerAccount,
    Program,
    Referral,
    ReferralLink,
    ReferredOrganization,
    Reward,
    RewardChange,
    RewardRule,
    TermsVersion,
)
from referrals.rules import reasons, state_machine
from referrals.services.marks import mark_introductions
from referrals.services.programs.caps import take_budget, take_year
from referrals.services.rewards import ledger
from referrals.services.rewards.reward_calculation import Target, plan, snapshot_of
from referrals.services.rewards.reward_inputs import (
    are_coupled,
    lock_referrers,
    reward_input_of,
    reward_inputs_of,
)
from referrals.services.state import risk
from referrals.services.state.locks import lock_key
from referrals.services.state.transitions import company_of, organization_ref

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
                reason=reasons.SUPERSEDED,
            )
    if not coupled and not rewards and (referral is None or not _is_due(referral)):
        return
    if coupled:
        together = [reward_inputs_of(program, referrer_id) for referrer_id in referrers]
    else:
        together = [[reward_input_of(referral, referred)]] if referral is not None else []
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
        or not _take(rule.pk, rule.budget is not None, program, referral, target.year, net)
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


def _take(
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
    if not is_counted and not _take(
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
        reward.state = R.REVERSED
    elif reward.net > 0 and before == R.REVERSED:
        reward.state = R.HELD if risk.open_doubts(reward.referral_id) else R.PENDING
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
    if R.FULFILLED in (before, reward.state):
        mark_introductions([reward.referral_id])
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


def change_state(
    reward: Reward, to: str, *, now: datetime, actor_id: int | None, reason: str = "", **fields: Any
) -> None:
    """Move a reward whose row the caller has locked; write its history.

    Raises ValueError outside the table.
    """
    before = reward.state
    if (before, to) not in state_machine.REWARD_TRANSITIONS:
        raise ValueError(f"a reward cannot go from {before} to {to}")
    reward.state, reward.state_since, reward.version = to, now, reward.version + 1
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

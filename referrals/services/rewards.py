"""Rewards follow the facts: work out what each should be worth, post the difference. People approve, never clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse

from portal import events
from portal.accounts.models import Organization, User
from referrals import machine, reasons
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
from referrals.services import ledger, risk
from referrals.services.changes import company_of, organization_ref
from referrals.services.locks import lock_key

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
    """Bring every reward of a company's introductions to what the facts say. The caller holds the company's lock.

    The target depends only on the set of facts (who is credited, stages, sales, cumulative refunds), and the ledger
    gets the difference: late, doubled and reordered facts end in the same books.
    """
    if attribution is None:
        attribution = (
            Attribution.objects.select_related("referral__organization")
            .filter(referred_id=referred.pk, is_active=True)
            .first()
        )
    referral = attribution.referral if attribution else None
    existing = list(
        Reward.objects.select_for_update(of=("self",))
        .select_related("referral__organization", "program", "conversion")
        .filter(referral__organization_id=referred.organization_id, program_id=program.pk)
        .order_by("pk")
    )
    for reward in existing:
        if referral is None or reward.referral_id != referral.pk:
            settle_to(reward, amount=reward.amount, reversed_amount=reward.amount, now=now, actor_id=actor_id,
                       reason=reasons.SUPERSEDED)  # fmt: skip
    if referral is None:
        return
    mine = {(reward.milestone, reward.side): reward for reward in existing if reward.referral_id == referral.pk}
    stands = referral.state in machine.RANK
    if not mine and (not stands or machine.RANK[referral.state] < machine.RANK[Referral.State.QUALIFIED]):
        return  # nothing is due yet
    bound = Conversion.objects.filter(referred_id=referred.pk).order_by("occurred_at", "invoice").first()
    for reward in mine.values():
        _follow(reward, bound=bound, stands=stands, now=now, actor_id=actor_id, reason=reason)
    if stands:
        _grant_missing(referral, program=program, bound=bound, have=set(mine), now=now)


def _follow(
    reward: Reward, *, bound: Conversion | None, stands: bool, now: datetime, actor_id: int | None, reason: str
) -> None:
    """Bring one existing reward to its target: the sale it is bound to, and that sale's cumulative refund."""
    if reward.refused_at is not None:
        return
    conversion = reward.conversion
    if reward.milestone == M.WON and reward.state in (*machine.ON_HOLD, R.REVERSED) and reward.approved_by_id is None:
        conversion = bound or conversion
    if conversion is not None and bound is not None and conversion.pk == bound.pk:
        conversion = bound  # the freshest numbers
    amount = worth(reward.snapshot, conversion) or reward.amount
    if reward.approved_by_id is not None:
        amount = reward.amount
    taken = refund_share(amount, conversion) if stands else amount
    if reward.approved_by_id is not None:
        taken = max(taken, reward.reversed_amount)
    settle_to(
        reward, amount=amount, reversed_amount=taken, now=now, actor_id=actor_id, conversion=conversion,
        reason=reason or (reasons.REFUND if stands else reasons.DOES_NOT_STAND),
    )  # fmt: skip


def worth(snapshot: dict[str, Any], conversion: Conversion | None) -> int:
    """Return what a rule makes of a sale, in minor units; 0 when a share has no sale (or another currency) yet."""
    if snapshot["amount"]:
        return int(snapshot["amount"])
    if conversion is None or conversion.currency != snapshot["currency"]:
        return 0
    share = conversion.amount * int(snapshot["basis_points"]) // 10_000
    return min(share, int(snapshot["cap"])) if snapshot["cap"] is not None else share


def refund_share(amount: int, conversion: Conversion | None) -> int:
    """Return ⌊reward × refunded ÷ sale⌋: what a cumulative refund takes back of a reward (referrals.md 4.5)."""
    return amount * conversion.refunded_amount // conversion.amount if conversion is not None else 0


def _grant_missing(
    referral: Referral, *, program: Program, bound: Conversion | None, have: set[tuple[str, str]], now: datetime
) -> None:
    reached = {
        milestone for milestone in M.values if machine.RANK[referral.state] >= machine.RANK[Referral.State(milestone)]
    }
    if not reached:
        return
    for rule in RewardRule.objects.filter(program=program, is_active=True, milestone__in=reached).order_by("pk"):
        if (rule.milestone, rule.side) not in have:
            _grant(referral, rule, program=program, bound=bound, now=now)


def _beneficiary(referral: Referral, rule: RewardRule) -> tuple[str, int | None, int | None] | None:
    """Return (kind, user, organization) of who gets it; None when she chose nobody or nobody can."""
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
        lock_key(f"person:{referral.referrer_id}")  # her erasure comes wholly before or wholly after
        if User.objects.filter(pk=referral.referrer_id, erased_at__isnull=False).exists():
            return None
    return choice, referral.referrer_id, company


def _grant(referral: Referral, rule: RewardRule, *, program: Program, bound: Conversion | None, now: datetime) -> None:
    snapshot = {
        "rule": rule.pk, "amount": rule.amount, "basis_points": rule.basis_points, "cap": rule.cap,
        "currency": program.currency, "hold_days": program.hold_days, "terms": referral.terms_id,
        "has_budget": rule.budget is not None,
    }  # fmt: skip
    conversion = bound if rule.milestone == M.WON else None
    amount = worth(snapshot, conversion)
    who = _beneficiary(referral, rule)
    if amount <= 0 or who is None:
        return
    if not _take_budget(rule.pk, amount, rule.budget is not None):
        return
    reward = Reward.objects.create(
        program=program, referral=referral, conversion=conversion, rule=rule, terms_id=_terms_id(referral),
        milestone=rule.milestone, side=rule.side, beneficiary=who[0], user_id=who[1], organization_id=who[2],
        holder=ledger.holder_for(who[0], user_id=who[1], organization_id=who[2]), amount=amount, reversed_amount=0,
        currency=program.currency, snapshot=snapshot,
        state=R.HELD if risk.open_doubts(referral.pk) else R.PENDING, state_since=now, version=1,
        due_at=now + timedelta(days=program.hold_days), needs_second=amount >= program.review_threshold > 0,
        granted_at=now,
    )  # fmt: skip
    write_history(reward, before="", now=now, actor_id=None, reason="")
    ledger.move(
        reward, kind="accrue", legs=ledger.between(reward, A.PROGRAM_EXPENSE, A.MEMBER_PENDING, amount), now=now,
        actor_id=None, reason="",
    )  # fmt: skip
    tell(reward, RewardGranted, now=now, due_at=reward.due_at.isoformat())
    taken = refund_share(amount, conversion)
    if taken:
        settle_to(reward, amount=amount, reversed_amount=taken, now=now, actor_id=None, reason=reasons.REFUND)


def _terms_id(referral: Referral) -> int | None:
    if referral.terms_id is not None:
        return referral.terms_id
    newest = TermsVersion.objects.filter(program_id=referral.program_id).order_by("-number").first()
    return newest.pk if newest else None


def _take_budget(rule_id: int, amount: int, has_budget: bool) -> bool:
    """Take from (or, negative, give back to) a rule's budget in one atomic statement; False when it is used up."""
    if not has_budget:
        return True
    rows = RewardRule.objects.filter(pk=rule_id)
    if amount > 0:
        rows = rows.filter(granted_amount__lte=F("budget") - amount)
    return bool(rows.update(granted_amount=F("granted_amount") + amount))


def settle_to(
    reward: Reward,
    *,
    amount: int,
    reversed_amount: int,
    now: datetime,
    actor_id: int | None,
    reason: str,
    conversion: Conversion | None = None,
) -> None:
    """Post the difference between what a reward is and what it should be; move its state when it is all gone."""
    conversion = conversion or reward.conversion
    conversion_id = conversion.pk if conversion else None
    difference = (amount - reversed_amount) - reward.net
    if difference == 0 and amount == reward.amount and conversion_id == reward.conversion_id:
        return
    before = reward.state
    has_budget = bool(reward.snapshot.get("has_budget"))
    if difference > 0 and (
        reward.state not in (*machine.ON_HOLD, R.REVERSED) or not _take_budget(reward.rule_id, difference, has_budget)
    ):
        return  # what was released, or has no budget left, never grows by itself
    if difference < 0:
        _take_budget(reward.rule_id, difference, has_budget)
    reward.amount, reward.reversed_amount, reward.conversion = amount, reversed_amount, conversion
    reward.version += 1
    if reward.approved_by_id is None:
        reward.needs_second = reward.amount >= reward.program.review_threshold > 0
    if reward.net == 0 and before in (*machine.ON_HOLD, R.AVAILABLE):
        reward.state = R.REVERSED
    elif reward.net > 0 and before == R.REVERSED:
        reward.state = R.HELD if risk.open_doubts(reward.referral_id) else R.PENDING
    if reward.state != before:
        reward.state_since = now
    reward.save(
        update_fields=["amount", "reversed_amount", "conversion", "version", "state", "state_since", "needs_second"]
    )
    write_history(reward, before=before, now=now, actor_id=actor_id, reason=reason)
    if difference == 0:
        return
    _post_difference(reward, before, difference, now=now, actor_id=actor_id, reason=reason)
    if difference < 0:
        tell(reward, RewardReversed, now=now, taken=-difference, reason=reason)


def _post_difference(
    reward: Reward, before: str, difference: int, *, now: datetime, actor_id: int | None, reason: str
) -> None:
    if difference > 0:
        kind, legs = "accrue", ledger.between(reward, A.PROGRAM_EXPENSE, A.MEMBER_PENDING, difference)
    elif before in machine.ON_HOLD:
        kind, legs = "reverse", ledger.between(reward, A.MEMBER_PENDING, A.PROGRAM_EXPENSE, -difference)
    elif before == R.AVAILABLE:
        ledger.lock_holder(reward.holder, reward.currency)
        kind, legs = "clawback", ledger.between(reward, A.MEMBER_AVAILABLE, A.PROGRAM_EXPENSE, -difference)
    else:  # reserved or paid: she owes it, and the next payment nets it
        kind, legs = "clawback", ledger.between(reward, A.CLAWBACK_RECEIVABLE, A.PROGRAM_EXPENSE, -difference)
    ledger.move(reward, kind=kind, legs=legs, now=now, actor_id=actor_id, reason=reason)


def write_history(reward: Reward, *, before: str, now: datetime, actor_id: int | None, reason: str) -> None:
    RewardChange.objects.create(
        reward=reward, version=reward.version, before=before, after=reward.state, amount=reward.amount,
        reversed_amount=reward.reversed_amount, actor_id=actor_id, reason=reason[:200], at=now,
    )  # fmt: skip


def change_state(
    reward: Reward, to: str, *, now: datetime, actor_id: int | None, reason: str = "", **fields: Any
) -> None:
    """Move a reward whose row the caller has locked; write its history. Raises ValueError outside the table."""
    before = reward.state
    if (before, to) not in machine.REWARD_TRANSITIONS:
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
            title=company_of(referral), url=reverse("referrals:referral", args=[referral.public_id]), reward_id=str(reward.public_id),
            referral_id=str(referral.public_id), referrer_id=referral.referrer_id, side=reward.side,
            milestone=reward.milestone, amount=reward.net, currency=reward.currency, user_id=reward.user_id,
            beneficiary_organization_id=reward.organization_id, program=reward.program.slug, **more,
        ),
        subject=f"referrals.reward:{reward.pk}", now=now, organization=organization_ref(reward.organization_id),
    )  # fmt: skip

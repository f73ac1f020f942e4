"""Approving or refusing rewards, by people.

A timer only ends the hold of what a person has already approved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.events import RewardApproved
from referrals.models import LedgerAccount, Reward
from referrals.services.rewards import ledger
from referrals.services.rewards.reward_inputs import are_coupled, lock_referrers
from referrals.services.rewards.reward_states import change_state, settle_to, tell
from referrals.services.rewards.rewards import reconcile
from referrals.services.state import risk
from referrals.services.state.locks import lock_referred

R = Reward.State
A = LedgerAccount.Kind


class OwnReward(PermissionError):
    """Nobody approves their own reward, nor one of an introduction they made or received."""


class SecondPersonNeeded(PermissionError):
    """The amount needs two people, and this one has proposed it already."""


class DoubtsOpen(ValueError):
    """A risk finding has not been reviewed yet."""


class NotOnHold(ValueError):
    """The reward is not waiting for an approval (any more)."""


class ChangedMeanwhile(ValueError):
    """The reward is not any more what the person saw who approves it."""


class ReasonNeeded(ValueError):
    """Refusing or taking back has to be explained to the referrer."""


class NotRefused(ValueError):
    """The reward was not refused by a person, or something of it is left or paid."""


class MaybePaid(ValueError):
    """A payment of it, or of what it is kept back from, may have been made; a person says so
    first.
    """


class NothingLeft(ValueError):
    """The facts leave nothing of it: refunded, another introduction counts, or the budget is used
    up.
    """


def lock_reward(reward_id: int, *, with_referrers: bool = False) -> Reward:
    """Lock a reward in the global lock order: its company first, then, for reconciling, those who
    introduced it.
    """
    seen = Reward.objects.select_related("referral", "program").get(pk=reward_id)
    company = seen.referral.organization_id
    if company is not None:
        lock_referred(seen.program_id, company)
    if (
        company is not None
        and with_referrers
        and are_coupled(seen.program, list(seen.program.rules.all()))
    ):
        lock_referrers(seen.program_id, company)
    return (
        Reward.objects.select_for_update(of=("self",))
        .select_related("referral", "program")
        .get(pk=reward_id)
    )


def check_approver(reward: Reward, actor: User) -> None:
    """Raise OwnReward when the approver has a stake in it."""
    stake = {reward.user_id, reward.referral.referrer_id, reward.referral.referee_id}
    companies = {
        reward.referral.organization_id,
        reward.referral.referrer_organization_id,
        reward.organization_id,
    }
    if actor.pk in stake or (
        actor.organization_id is not None and actor.organization_id in companies
    ):
        raise OwnReward


@transaction.atomic
def approve_reward(
    *, reward_id: int, actor: User, now: datetime, reason: str = "", version: int | None = None
) -> Reward:
    """Approve a reward on hold; a large one is proposed by one person and approved by another.

    When the hold is over it becomes available at once. `version` is the one the actor saw.
    Raises OwnReward, DoubtsOpen, SecondPersonNeeded, NotOnHold, ChangedMeanwhile.
    """
    reward = lock_reward(reward_id)
    check_approver(reward, actor)
    if reward.state not in (R.HELD, R.PENDING):
        raise NotOnHold(reward.state)
    if version is not None and version != reward.version:
        raise ChangedMeanwhile
    if risk.open_doubts(reward.referral_id):
        raise DoubtsOpen
    threshold = reward.program.review_threshold
    if not reward.needs_second and reward.amount >= threshold > 0:  # lowered while it waited
        reward.needs_second = True
        reward.save(update_fields=["needs_second"])
    if reward.needs_second and reward.proposed_by_id is None:
        reward.proposed_by_id = actor.pk
        reward.save(update_fields=["proposed_by_id"])
        audit.record(
            "referrals.reward.propose",
            actor=actor,
            target=f"referrals.reward:{reward.pk}",
            now=now,
            after={"amount": reward.net, "currency": reward.currency},
            reason=reason,
        )
        return reward
    if reward.needs_second and reward.proposed_by_id == actor.pk:
        raise SecondPersonNeeded
    before = reward.state
    change_state(
        reward,
        R.APPROVED,
        now=now,
        actor_id=actor.pk,
        reason=reason,
        approved_by_id=actor.pk,
        approved_at=now,
    )
    tell(reward, RewardApproved, now=now)
    if reward.due_at <= now:
        _mature(reward, now)
    audit.record(
        "referrals.reward.approve",
        actor=actor,
        target=f"referrals.reward:{reward.pk}",
        now=now,
        before={"state": before},
        after={"state": reward.state, "amount": reward.net, "currency": reward.currency},
        reason=reason,
    )
    return reward


@transaction.atomic
def reverse_reward(*, reward_id: int, actor: User, now: datetime, reason: str) -> Reward:
    """Refuse a reward, or take back what is left of it; no fact grants it again.

    Raises ReasonNeeded, OwnReward.
    """
    if not reason.strip():
        raise ReasonNeeded
    reward = lock_reward(reward_id)
    check_approver(reward, actor)
    before, net = reward.state, reward.net
    reward.refused_at, reward.reason = now, reason.strip()[:200]
    reward.save(update_fields=["refused_at", "reason"])
    settle_to(
        reward,
        amount=reward.amount,
        reversed_amount=reward.amount,
        now=now,
        actor_id=actor.pk,
        reason=reason.strip(),
    )
    audit.record(
        "referrals.reward.reverse",
        actor=actor,
        target=f"referrals.reward:{reward.pk}",
        now=now,
        before={"state": before, "net": net},
        after={"state": reward.state, "net": reward.net},
        reason=reason,
    )
    return reward


@transaction.atomic
def restore_reward(*, reward_id: int, actor: User, now: datetime, reason: str) -> Reward:
    """Undo a refusal: the reward is on hold again, worth what the facts say now, and has to be
    approved anew.

    Raises ReasonNeeded, OwnReward, NotRefused, MaybePaid, NothingLeft.
    """
    if not reason.strip():
        raise ReasonNeeded
    reward = lock_reward(reward_id, with_referrers=True)
    check_approver(reward, actor)
    if reward.refused_at is None or reward.state != R.REVERSED:
        raise NotRefused
    if reward.payout_lines.filter(is_unsure=True).exists():
        raise MaybePaid
    reward.refused_at, reward.reason = None, ""
    reward.proposed_by_id = reward.approved_by_id = reward.approved_at = None
    reward.save(
        update_fields=["refused_at", "reason", "proposed_by_id", "approved_by_id", "approved_at"]
    )
    referred = lock_referred(reward.program_id, reward.referral.organization_id or 0)
    reconcile(referred, program=reward.program, now=now, actor_id=actor.pk, reason=reason.strip())
    reward.refresh_from_db()
    if reward.state == R.REVERSED:
        raise NothingLeft
    audit.record(
        "referrals.reward.restore",
        actor=actor,
        target=f"referrals.reward:{reward.pk}",
        now=now,
        before={"state": R.REVERSED},
        after={"state": reward.state, "net": reward.net},
        reason=reason,
    )
    return reward


def approve_many(*, seen: Mapping[int, int], actor: User, now: datetime) -> Counter[str]:
    """Approve rewards (id -> the version the actor saw) each in its own transaction; return how
    many ended how.

    Keys: approved, proposed, own, second, doubts, changed, gone.
    """
    ended: Counter[str] = Counter()
    for reward_id, version in sorted(seen.items()):
        try:
            reward = approve_reward(reward_id=reward_id, actor=actor, now=now, version=version)
            ended["approved" if reward.approved_by_id else "proposed"] += 1
        except OwnReward:
            ended["own"] += 1
        except SecondPersonNeeded:
            ended["second"] += 1
        except DoubtsOpen:
            ended["doubts"] += 1
        except ChangedMeanwhile:
            ended["changed"] += 1
        except (NotOnHold, Reward.DoesNotExist):
            ended["gone"] += 1
    return ended


def _mature(reward: Reward, now: datetime) -> None:
    change_state(reward, R.AVAILABLE, now=now, actor_id=None, reason="")
    ledger.move(
        reward,
        kind="mature",
        legs=ledger.between(reward, A.MEMBER_PENDING, A.MEMBER_AVAILABLE, reward.net),
        now=now,
        actor_id=None,
        reason="",
    )


def mature_due(*, now: datetime, limit: int = 1_000) -> int:
    """End the hold of rewards that a person has approved and whose date has come; return how
    many.
    """
    done = 0
    due = (
        Reward.objects.filter(state=R.APPROVED, due_at__lte=now)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)
    )
    for pk in list(due[:limit]):
        with transaction.atomic():
            reward = lock_reward(pk)
            if (
                reward.state == R.APPROVED
                and reward.due_at <= now
                and not risk.open_doubts(reward.referral_id)
            ):
                _mature(reward, now)
                done += 1
    return done

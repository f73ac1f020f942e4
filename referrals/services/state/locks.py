"""The global lock order: domain, then companies (by id), then the invoice or the person, then
rewards and accounts.

A batch of payments comes before its companies, a delivery before its batch.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.core.db.inserts import insert_once
from portal.core.db.locks import lock_name, try_name
from referrals.models import Referral, ReferredOrganization, Reward

NAMESPACE = 7_203


def lock_key(key: str) -> None:
    """Hold a named lock until the transaction ends."""
    lock_name(NAMESPACE, key)


def try_key(key: str) -> bool:
    """Hold a named lock until the transaction ends, unless somebody else holds it."""
    return try_name(NAMESPACE, key)


def lock_referred(program_id: int, organization_id: int) -> ReferredOrganization:
    """Return the row of a company in a program, made when missing, locked until the transaction
    ends.
    """
    rows = ReferredOrganization.objects.select_for_update().filter(
        program_id=program_id, organization_id=organization_id
    )
    found = rows.first()
    if found is None:
        insert_once(ReferredOrganization(program_id=program_id, organization_id=organization_id))
        found = rows.get()
    return found


def lock_companies(reward_ids: Iterable[int]) -> None:
    """Lock the companies of several rewards at once, in one order: nobody who holds one of them
    waits for another.
    """
    _lock_companies_of(Referral.objects.filter(rewards__in=reward_ids))


def lock_rewards(reward_ids: Iterable[int]) -> None:
    """Lock several rewards at once and in one order, after their companies and before any
    account.
    """
    rewards = Reward.objects.select_for_update().filter(pk__in=reward_ids).order_by("pk")
    list(rewards.values_list("pk"))


def lock_introductions(user_id: int) -> None:
    """Lock the companies a person introduced, or was introduced from, at once and in one order.

    Whoever moves several of a person's introductions takes these locks first: a sale holds its
    company and then waits for the person.
    """
    _lock_companies_of(Referral.objects.filter(Q(referrer_id=user_id) | Q(referee_id=user_id)))


def _lock_companies_of(referrals: QuerySet[Referral]) -> None:
    same = referrals.filter(
        program_id=OuterRef("program_id"), organization_id=OuterRef("organization_id")
    )
    rows = ReferredOrganization.objects.select_for_update().filter(Exists(same)).order_by("pk")
    list(rows.values_list("pk"))

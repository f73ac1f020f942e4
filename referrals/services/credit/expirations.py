"""Expiry periods: when introductions had expired, and from when on they were active again.

See decision 0014.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from referrals.models import Referral, ReferralChange, ReferredOrganization, Step

S = Referral.State
Lapse = tuple[datetime, datetime | None]


def lapses(
    referred: ReferredOrganization, referral_ids: Collection[int]
) -> dict[int, tuple[Lapse, ...]]:
    """Return the lapses of each introduction of a company; without a rival nobody asks.

    It is alive again at the date of the next progress of its company, whenever we hear of it, or
    when it was moved on.
    """
    if len(referral_ids) < 2:
        return {}
    changes = list(
        ReferralChange.objects.filter(
            Q(after=S.EXPIRED) | Q(before=S.EXPIRED), referral_id__in=referral_ids
        )
        .order_by("referral_id", "version")
        .values_list("referral_id", "after", "at")
    )
    if not changes:
        return {}
    progress = list(
        Step.objects.filter(referred=referred)
        .exclude(stage=Step.Stage.LOST)
        .values_list("at", flat=True)
    )
    found: dict[int, list[Lapse]] = {}
    for place, (referral_id, after, at) in enumerate(changes):
        if after != S.EXPIRED:
            continue
        left = [
            moved
            for owner, to, moved in changes[place + 1 :]
            if owner == referral_id and to != S.EXPIRED
        ][:1]
        until = min((*left, *(step for step in progress if step > at)), default=None)
        found.setdefault(referral_id, []).append((at, until))
    return {referral_id: tuple(rows) for referral_id, rows in found.items()}


def has_lapsed(referral_ids: Iterable[int]) -> bool:
    """Say whether one of these introductions had ended by the clock."""
    return ReferralChange.objects.filter(
        referral_id__in=list(referral_ids), after=S.EXPIRED
    ).exists()

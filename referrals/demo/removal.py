"""Removing the sample's introductions: the ledger first, which only names rewards by number; then
rewards, introductions, systems and programs; clicks and aggregates last.
"""

from __future__ import annotations

from django.db.models import Q

from portal.dev.sample_removal import Removal
from referrals.demo import inbound, payouts, programs
from referrals.models import (
    Click,
    ClickDay,
    ClickMonth,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    PayoutBatch,
    Referral,
    ReferralLink,
    Reward,
    ShareLog,
)
from referrals.services.analytics import milestones
from referrals.services.analytics.marks import mark_everything


def remove(removal: Removal) -> None:
    """Delete what people and companies do not take with them."""
    introductions = Referral.objects.filter(
        Q(is_sample=True) | Q(referrer__in=removal.people) | Q(organization__in=removal.companies)
    )
    rewards = Reward.objects.filter(referral__in=introductions)
    moved = LedgerTransaction.objects.filter(reward_id__in=rewards.values("pk"))
    removal.delete(LedgerEntry.objects.filter(transaction__in=moved))
    removal.delete(moved.exclude(reverses=None))
    removal.delete(moved)
    batches = list(
        PayoutBatch.objects.filter(lines__reward__in=rewards).values_list("pk", flat=True)
    )
    removal.delete(rewards)
    removal.delete(PayoutBatch.objects.filter(pk__in=batches, lines=None))
    _empty_accounts(removal)
    removal.delete(introductions)
    removal.delete(
        ReferralLink.objects.filter(
            Q(user__in=removal.people) | Q(organization_id__in=removal.companies)
        )
    )
    inbound.forget(removal)
    payouts.forget(removal)
    programs.forget(removal)


def _empty_accounts(removal: Removal) -> None:
    held = [
        *(f"{kind}:{pk}" for kind in ("user", "donation") for pk in removal.people),
        *(f"organization:{pk}" for pk in removal.companies),
    ]
    sample = LedgerAccount.objects.filter(
        Q(holder__in=held) | Q(holder__startswith="program:"), entries=None
    )
    removal.delete(LedgerAccount.objects.filter(pk__in=list(sample.values_list("pk", flat=True))))


def settle(removal: Removal) -> None:
    """Clicks name their link by number; aggregates are counted anew from what is left."""
    links = removal.deleted[ReferralLink]
    for model in (Click, ClickDay, ClickMonth, ShareLog):
        model._default_manager.filter(link_id__in=links).delete()  # noqa: SLF001  its documented name
    mark_everything()
    milestones.refresh_all()

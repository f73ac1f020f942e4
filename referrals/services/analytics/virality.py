"""Computes the virality counts: every few minutes, and when somebody opens the drill-down of a
number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from referrals.models import SpreadCount
from referrals.selectors.analytics import virality_counts
from referrals.selectors.analytics.virality import window
from referrals.services.analytics.milestones import refresh_all

OLD = timedelta(
    minutes=15
)  # three times as long as the periodic task takes to come round: nobody counts any more


def count_spread(*, now: datetime) -> SpreadCount:
    """Count the window that ends now from its rows, and keep that in place of its last count."""
    refresh_all()
    count = SpreadCount(
        first=window(now).first, counted_at=now, numbers=virality_counts.counted(now)
    )
    SpreadCount.objects.bulk_create(
        [count],
        update_conflicts=True,
        unique_fields=["first"],
        update_fields=["counted_at", "numbers"],
    )
    return count


def spread_of(*, now: datetime) -> SpreadCount:
    """Return the last count of the window that ends now; one that is old, or none at all, is
    counted here.
    """
    count = virality_counts.last(now)
    return count if count is not None and now - count.counted_at <= OLD else count_spread(now=now)

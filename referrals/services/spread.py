"""Counting how introductions spread: every few minutes, and when somebody opens the rows of a
number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from referrals.models import SpreadCount
from referrals.selectors import spread_counts
from referrals.selectors.spread import window
from referrals.services.milestones import freshen_all

OLD = timedelta(
    minutes=15
)  # three times as long as the periodic task takes to come round: nobody counts any more


def count_spread(*, now: datetime) -> SpreadCount:
    """Count the window that ends now from its rows, and keep that in place of its last count."""
    freshen_all()
    count = SpreadCount(first=window(now).first, counted_at=now, numbers=spread_counts.counted(now))
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
    count = spread_counts.last(now)
    return count if count is not None and now - count.counted_at <= OLD else count_spread(now=now)

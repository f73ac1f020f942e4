"""All counts of the virality page, computed from rows at once, as numbers that can be stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from referrals.models import SpreadCount
from referrals.selectors.analytics import cycle_time, sharing, virality

PARTS = frozenset({"rates", "shared", "factors", "earned", "cohorts", "legs"})


def counted(now: datetime) -> dict[str, Any]:
    """Return the numbers of the window that ends now.

    Takes as long as there are introductions, shares and companies.
    """
    look = virality.window(now)
    return {
        "rates": sharing.rates(look),
        "shared": sharing.share_rates(look),
        "factors": virality.factor_counts(look),
        "earned": virality.earned_share(look),
        "cohorts": virality.cohort_counts(),
        "legs": cycle_time.leg_cases(now),
    }


def last(now: datetime) -> SpreadCount | None:
    """Return the last count of the window that ends now; one that an earlier release made may lack
    a part: none then.
    """
    count = SpreadCount.objects.filter(first=virality.window(now).first).first()
    return count if count is not None and count.numbers.keys() >= PARTS else None

"""All that the page of how introductions spread is made of, counted from rows in one go, as numbers
that can be kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from referrals.models import SpreadCount
from referrals.selectors import cycle, sharing, spread

PARTS = frozenset({"rates", "shared", "factors", "earned", "cohorts", "legs"})


def counted(now: datetime) -> dict[str, Any]:
    """Return the numbers of the window that ends now.

    Takes as long as there are introductions, shares and companies.
    """
    look = spread.window(now)
    return {
        "rates": sharing.rates(look),
        "shared": sharing.share_rates(look),
        "factors": spread.factor_counts(look),
        "earned": spread.earned_share(look),
        "cohorts": spread.cohort_counts(),
        "legs": cycle.leg_cases(now),
    }


def last(now: datetime) -> SpreadCount | None:
    """Return the last count of the window that ends now; one that an earlier release made may lack
    a part: none then.
    """
    count = SpreadCount.objects.filter(first=spread.window(now).first).first()
    return count if count is not None and count.numbers.keys() >= PARTS else None

"""Viral cycle time: from a company's activation to its first share, and from there to the company
it brought.

Companies that have not got so far are censored at now (Kaplan–Meier), so a slow round is never left
out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Least

from portal.flywheel.rules.statistics import Waits, at_risk, kaplan_meier_counted
from referrals.models import Milestones, ShareLog
from referrals.rules import ranks
from referrals.selectors.analytics.virality import customers

POINTS = (30, 60, 90, 180, 365)


@dataclass(frozen=True)
class Leg:
    """One leg of the round as a curve and as the table behind it."""

    key: str
    waits: Waits
    cases: Counter[tuple[float, bool]]

    @property
    def median(self) -> float | None:
        return self.waits.quantile(0.5)

    @property
    def longest(self) -> float:
        """Return how long the longest case is watched: the curve knows nothing beyond."""
        return max((wait for wait, _over in self.cases), default=0.0)

    @property
    def table(self) -> list[dict[str, Any]]:
        """Return the share that came within so many days, and how many were still watched then."""
        return [
            {
                "days": days,
                "came": 1 - self.waits.left_after(days),
                "at_risk": at_risk(self.cases, days),
            }
            for days in POINTS
            if days <= self.longest
        ]


def companies(now: datetime) -> Any:
    """Return customers with their first share (a shared link or an introduction) and the first
    company they brought.
    """
    shared = (
        ShareLog.objects.filter(link__organization_id=OuterRef("pk"))
        .order_by()
        .values("link__organization_id")
    )
    brought = (
        Milestones.objects.filter(is_counted=True, referrer_organization=OuterRef("pk"))
        .order_by()
        .values("referrer_organization")
    )
    return (
        customers()
        .filter(became_customer_at__lte=now)
        .annotate(
            first=Least(
                Subquery(shared.annotate(at=Min("at")).values("at")),
                Subquery(brought.annotate(at=Min("introduced_at")).values("at")),
            ),
            came=Subquery(
                brought.filter(rank__gte=ranks.WON).annotate(at=Min("won_at")).values("at")
            ),
        )
        .annotate(shared_at=Greatest(F("first"), F("became_customer_at")))
    )


def sharing(now: datetime) -> Any:
    """Return those companies that have shared: the second leg begins there."""
    return companies(now).filter(Q(first__isnull=False))


def leg_cases(now: datetime) -> list[tuple[str, int, bool, int]]:
    """Return (leg, days, whether it is over, how many companies), as many as different waits."""
    cases: Counter[tuple[str, int, bool]] = Counter()
    rows = companies(now).order_by().values_list("became_customer_at", "shared_at", "first", "came")
    for since, shared, first, came in rows.iterator(chunk_size=2_000):
        cases["share", _days(since, first or now), first is not None] += 1
        if first is not None:
            cases["brought", _days(shared, came or now), came is not None] += 1
    return [(*case, n) for case, n in cases.items()]


def _days(begin: datetime, end: datetime) -> int:
    return max(end - begin, timedelta()).days


def legs(counted: Iterable[Sequence[Any]]) -> dict[str, Leg]:
    """Return both legs from their cases."""
    cases: dict[str, Counter[tuple[float, bool]]] = defaultdict(Counter)
    for leg, days, over, n in counted:
        cases[leg][float(days), over] += n
    return {
        key: Leg(key, kaplan_meier_counted(cases[key]), cases[key]) for key in ("share", "brought")
    }

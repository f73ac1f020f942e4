"""Viral cycle time: from a company's activation to its first share, and from there to the company
it brought.

Companies that have not got so far are censored at now (Kaplan–Meier), so a slow round is never left
out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Least

from portal.flywheel.rules.statistics import Waits, at_risk, kaplan_meier_counted
from referrals.models import Milestones, ShareLog
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
            came=Subquery(brought.filter(rank__gte=4).annotate(at=Min("won_at")).values("at")),
        )
        .annotate(shared_at=Greatest(F("first"), F("became_customer_at")))
    )


def sharing(now: datetime) -> Any:
    """Return those companies that have shared: the second leg begins there."""
    return companies(now).filter(Q(first__isnull=False))


CASES = """
WITH company AS (
    SELECT o.became_customer_at AS since, LEAST(s.at, i.at) AS shared, i.won
    FROM accounts_organization o
    LEFT JOIN (
        SELECT l.organization_id, min(g.at) AS at FROM referrals_sharelog g
        JOIN referrals_referrallink l ON l.id = g.link_id GROUP BY 1
    ) s ON s.organization_id = o.id
    LEFT JOIN (
        SELECT referrer_organization_id, min(introduced_at) AS at, min(won_at) AS won
        FROM referrals_milestones WHERE is_counted GROUP BY 1
    ) i ON i.referrer_organization_id = o.id
    WHERE NOT o.is_own AND o.became_customer_at <= %(now)s
)
SELECT leg, floor(extract(epoch FROM GREATEST(COALESCE(until, %(now)s), begin) - begin) / 86400),
    until IS NOT NULL, count(*)
FROM company CROSS JOIN LATERAL (VALUES
    ('share', since, shared),
    ('brought', CASE WHEN shared IS NOT NULL THEN GREATEST(shared, since) END, won)
) l(leg, begin, until)
WHERE begin IS NOT NULL GROUP BY 1, 2, 3
"""


def leg_cases(now: datetime) -> list[tuple[str, int, bool, int]]:
    """Return (leg, days, whether it is over, how many companies).

    One query, as many rows as different waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(CASES, {"now": now})
        return [(leg, int(days), over, n) for leg, days, over, n in cursor.fetchall()]


def legs(counted: Iterable[Sequence[Any]]) -> dict[str, Leg]:
    """Return both legs from their cases."""
    cases: dict[str, Counter[tuple[float, bool]]] = defaultdict(Counter)
    for leg, days, over, n in counted:
        cases[leg][float(days), over] += n
    return {
        key: Leg(key, kaplan_meier_counted(cases[key]), cases[key]) for key in ("share", "brought")
    }

"""Clicks on links by kind: from aggregates, or from the rows of one content or referrer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum

from referrals.models import Click, ClickCount
from referrals.selectors.analytics.filters import AnalyticsFilter


def by_verdict(slice_: AnalyticsFilter) -> dict[str, tuple[int, int]]:
    """Return for each verdict how many clicks there were and how many of them were confirmed."""
    if not slice_.is_tallied:
        return by_verdict_of_rows(slice_)
    return _sums(ClickCount.objects.filter(**slice_.cells()))


def by_verdict_of_rows(slice_: AnalyticsFilter) -> dict[str, tuple[int, int]]:
    """Return the same from the rows themselves."""
    return _sums(slice_.clicks())


def _sums(rows: QuerySet[Any]) -> dict[str, tuple[int, int]]:
    sums = rows.order_by().values("verdict").annotate(n=Sum("count"), sure=Sum("confirmed_count"))
    return {row["verdict"]: (row["n"] or 0, row["sure"] or 0) for row in sums}


def people(slice_: AnalyticsFilter) -> int:
    """Return how often a person opened a link."""
    return by_verdict(slice_).get(Click.Verdict.HUMAN, (0, 0))[0]

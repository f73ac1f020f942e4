"""Clicks on links by kind: from aggregates, or from the rows of one content or referrer."""

from __future__ import annotations

from django.db.models import Sum

from referrals.models import Click, ClickCount
from referrals.selectors.analytics.filters import AnalyticsFilter


def by_verdict(slice_: AnalyticsFilter) -> dict[str, tuple[int, int]]:
    """Return for each verdict how many clicks there were and how many of them were confirmed."""
    if not slice_.is_tallied:
        return by_verdict_of_rows(slice_)
    tallied = ClickCount.objects.filter(**slice_.tally()).values_list(
        "verdict", "count", "confirmed_count"
    )
    return {verdict: (n, sure) for verdict, n, sure in tallied}


def by_verdict_of_rows(slice_: AnalyticsFilter) -> dict[str, tuple[int, int]]:
    """Return the same from the rows themselves."""
    rows = (
        slice_.clicks()
        .order_by()
        .values("verdict")
        .annotate(n=Sum("count"), sure=Sum("confirmed_count"))
    )
    return {row["verdict"]: (row["n"] or 0, row["sure"] or 0) for row in rows}


def people(slice_: AnalyticsFilter) -> int:
    """Return how often a person opened a link."""
    return by_verdict(slice_).get(Click.Verdict.HUMAN, (0, 0))[0]

"""Days between the stages of introductions: from tallies where those serve the filters, else from
these rows.

A wait is the difference of two dates in the site's time zone, as anybody finds it from the dates
in the file. Whoever has not come on waits until today, and whoever ended on the way until that day
(Kaplan–Meier: watched, not left out).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from portal.core.calendars import site_calendar
from portal.core.time import day_of
from portal.flywheel.rules.statistics import kaplan_meier_counted
from referrals.models import WaitCount
from referrals.selectors.analytics.filters import AnalyticsFilter

Counts = Counter[tuple[float, bool]]

# (stage, where the wait for it begins, where it ends, the rank that has it; 9: no rank alone does)
STEPS = (
    ("signed_up", "introduced_at", "signed_up_at", 1),
    ("qualified", "signed_up_at", "qualified_at", 2),
    ("opportunity", "qualified_at", "opportunity_at", 3),
    ("won", "opportunity_at", "won_at", 4),
    ("live", "won_at", "live_at", 5),
    ("rewarded", "won_at", "rewarded_at", 9),
)


def waits_of(rows: str, *, zone: str = "%(zone)s") -> str:
    """Return the SQL that computes the waits of some milestones: stage, came, days, since, and the
    columns of those.

    A stage that only a later one implies has no date: such a wait is left out. Takes the time zone
    three times, before whatever `rows` takes.
    """
    steps = ", ".join(
        f"('{stage}', {since}, {until}, {rank})" for stage, since, until, rank in STEPS
    )
    return f"""
        SELECT m.*, stage, until IS NOT NULL AS came, (COALESCE(until, ended_at) AT TIME ZONE
            {zone})::date
            - (begun AT TIME ZONE {zone})::date AS days,
            CASE WHEN COALESCE(until, ended_at) IS NULL THEN (begun AT TIME ZONE {zone})::date END
                AS since
        FROM ({rows}) m CROSS JOIN LATERAL (VALUES {steps}) g(stage, begun, until, needed)
        WHERE begun IS NOT NULL AND (until IS NOT NULL OR rank < needed) AND COALESCE(until,
            ended_at, begun) >= begun
    """  # noqa: S608  our own names; what people typed is a parameter


@dataclass(frozen=True)
class StageDuration:
    """Days from one stage to the next: the plain median of those over, and with those who still
    wait.
    """

    n: int
    waiting: int
    median: float | None
    with_waiting: float | None


def duration_of(cases: Counts) -> StageDuration:
    over = Counter({wait: n for (wait, ended), n in cases.items() if ended})
    n = sum(over.values())
    return StageDuration(
        n,
        sum(cases.values()) - n,
        median_of(over),
        kaplan_meier_counted(cases).quantile(0.5) if cases else None,
    )


def median_of(values: Counter[float]) -> float | None:
    """Return the median of counted values, to a tenth."""
    total = sum(values.values())
    if not total:
        return None
    ordered = sorted(values.items())
    return round((_nth(ordered, (total - 1) // 2) + _nth(ordered, total // 2)) / 2, 1)


def _nth(ordered: Sequence[tuple[float, int]], index: int) -> float:
    for value, count in ordered:
        index -= count
        if index < 0:
            return value
    raise IndexError(index)


def waits(slice_: AnalyticsFilter, now: datetime) -> dict[str, StageDuration]:
    """Return the days before each stage.

    An introduction that ended on the way is watched until its end.
    """
    return {stage: duration_of(cases) for stage, cases in wait_cases(slice_, now).items()}


Told = tuple[str, bool, int, int]  # stage, whether it came, days, how many


def wait_cases(slice_: AnalyticsFilter, now: datetime) -> dict[str, Counts]:
    """Return for each stage how many waited how many days for it, and whether it came.

    Without a filter, or with one month, program or channel, from the tallies: a row per different
    day, however many introductions there are. Content, a referrer and filters together are few
    rows, and counted from those.
    """
    today = day_of(now, site_calendar())
    found: dict[str, Counts] = defaultdict(Counter)
    for stage, came, days, n in (tallied if slice_.has_waits_tallied else counted)(slice_, today):
        found[stage][float(days), came] = n
    return found


def tallied(slice_: AnalyticsFilter, today: date) -> list[Told]:
    """Return waits from the tallies."""
    kept = WaitCount.objects.filter(**slice_.tally(), count__gt=0).values(
        "stage", "came", "days", "since", "count"
    )
    rows, params = kept.query.sql_with_params()
    return _told(
        f"SELECT stage, came, COALESCE(days, %s - since) AS days, count AS n FROM ({rows}) w",  # noqa: S608  our own names; what people typed is a parameter
        today,
        params,
    )


def counted(slice_: AnalyticsFilter, today: date) -> list[Told]:
    """Return waits from the rows themselves."""
    columns = sorted({column for step in STEPS for column in step[1:3]})
    rows, params = (
        slice_.introductions()
        .order_by()
        .values(*columns, "ended_at", "rank")
        .query.sql_with_params()
    )
    waits = waits_of(rows, zone="%s")
    each = f"SELECT stage, came, COALESCE(days, %s - since) AS days FROM ({waits}) w"  # noqa: S608  our own names; what people typed is a parameter
    waited = f"SELECT stage, came, days, count(*) AS n FROM ({each}) e GROUP BY stage, came, days"  # noqa: S608  our own names; what people typed is a parameter
    return _told(waited, today, (*[site_calendar().zone_name] * 3, *params))


def _told(waited: str, today: date, params: tuple[Any, ...]) -> list[Told]:
    """Return waits by their days until today.

    Waits longer than any completed one are reported as one day more than the longest: the curve
    ends before, and many years of data give no more rows than a few months.
    """
    sql = f"""
        WITH waited AS MATERIALIZED ({waited}), longest AS (
            SELECT stage, COALESCE(max(days) FILTER (WHERE came), -1) + 1 AS days FROM waited GROUP
                BY stage
        )
        SELECT stage, came, LEAST(w.days, l.days) AS days, sum(n)::int
        FROM waited w JOIN longest l USING (stage) WHERE w.days >= 0 GROUP BY 1, 2, 3
    """  # noqa: S608  our own names; what people typed is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, [today, *params])
        return [(stage, came, days, n) for stage, came, days, n in cursor.fetchall()]

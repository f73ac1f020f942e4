"""Days between the stages of introductions: from tallies where those serve the filters, else from
these rows.

A wait is the difference of two dates in the site's time zone, as anybody finds it from the dates
in the file. Whoever has not come on waits until today, and whoever ended on the way until that day
(Kaplan–Meier: watched, not left out).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Sum

from portal.core.calendar.calendars import site_calendar
from portal.core.time import Calendar, day_of
from portal.flywheel.rules.statistics import kaplan_meier_counted
from referrals.models import WaitCount
from referrals.rules import ranks
from referrals.selectors.analytics.filters import AnalyticsFilter

Counts = Counter[tuple[float, bool]]

NO_RANK = ranks.LIVE + 1  # a reward is paid or not, however far the introduction came
# (stage, where the wait for it begins, where it ends, the rank that has it)
STEPS = (
    ("signed_up", "introduced_at", "signed_up_at", ranks.REGISTERED),
    ("qualified", "signed_up_at", "qualified_at", ranks.QUALIFIED),
    ("opportunity", "qualified_at", "opportunity_at", ranks.OPPORTUNITY),
    ("won", "opportunity_at", "won_at", ranks.WON),
    ("live", "won_at", "live_at", ranks.LIVE),
    ("rewarded", "won_at", "rewarded_at", NO_RANK),
)
COLUMNS = (*sorted({column for step in STEPS for column in step[1:3]}), "ended_at", "rank")


class Wait(NamedTuple):
    """One wait for a stage: over after so many days, or going on since a day."""

    stage: str
    came: bool
    days: int | None
    since: date | None


def waits_of(row: Mapping[str, Any], place: Calendar) -> Iterator[Wait]:
    """Return the waits of one introduction from its milestones (COLUMNS).

    A step that only a later one implies has no date: such a wait is left out.
    """
    for stage, since, until, needed in STEPS:
        begun, came = row[since], row[until]
        end = came or row["ended_at"]
        if begun is None or (came is None and row["rank"] >= needed):
            continue
        if end is None:
            yield Wait(stage, False, None, day_of(begun, place))
        elif end >= begun:
            days = (day_of(end, place) - day_of(begun, place)).days
            yield Wait(stage, came is not None, days, None)


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


Cases = Mapping[str, Counts]  # by stage: how many waited so many days, and whether it came


def wait_cases(slice_: AnalyticsFilter, now: datetime) -> Cases:
    """Return for each stage how many waited how many days for it, and whether it came.

    From the tallies: as many rows as different days, however many introductions there are. One
    content or referrer is few rows, and counted from those.

    Whoever has waited longer than anybody who came is counted as one day more than those: the
    curve ends before.
    """
    today = day_of(now, site_calendar())
    found = (tallied if slice_.is_tallied else counted)(slice_, today)
    return {stage: _cut_off(cases) for stage, cases in found.items()}


def _cut_off(cases: Counts) -> Counts:
    longest = max((days for days, came in cases if came), default=-1.0) + 1
    cut: Counts = Counter()
    for (days, came), n in cases.items():
        cut[min(days, longest), came] += n
    return cut


def tallied(slice_: AnalyticsFilter, today: date) -> Cases:
    """Return waits from the tallies."""
    alike = ("stage", "came", "days", "since")
    where = slice_.cells() or {"month": WaitCount.EVERY_MONTH}
    kept = WaitCount.objects.filter(**where).order_by().values(*alike)
    return _cases(
        (
            (Wait(*row[:-1]), row[-1])
            for row in kept.annotate(n=Sum("count")).values_list(*alike, "n")
        ),
        today,
    )


def counted(slice_: AnalyticsFilter, today: date) -> Cases:
    """Return waits from the rows themselves."""
    rows, place = slice_.introductions().order_by().values(*COLUMNS), site_calendar()
    return _cases(
        ((wait, 1) for row in rows.iterator(chunk_size=2_000) for wait in waits_of(row, place)),
        today,
    )


def _cases(waits_: Iterable[tuple[Wait, int]], today: date) -> Cases:
    """Return waits by their days until today."""
    found: dict[str, Counts] = defaultdict(Counter)
    for wait, n in waits_:
        days = (today - wait.since).days if wait.since else wait.days
        if days is not None and days >= 0:
            found[wait.stage][float(days), wait.came] += n
    return found

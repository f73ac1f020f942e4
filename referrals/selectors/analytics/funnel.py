"""The funnel: one cohort per row, the denominator beside every share, days between stages including
those who still wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.calendar.calendars import site_calendar
from portal.core.time import month_of
from referrals.models import MilestoneCount, Referral
from referrals.rules import ranks
from referrals.selectors.analytics.clicks import people
from referrals.selectors.analytics.filters import WITHOUT_CLICK, AnalyticsFilter, end_of
from referrals.selectors.analytics.stage_durations import waits
from referrals.text import metric_definitions

S = Referral.State
YOUNG = timedelta(days=120)


@dataclass(frozen=True)
class Stage:
    """One row of the funnel: what it takes to be in it, what it follows, and the states that wait
    in it.
    """

    key: str
    label: Any
    before: str
    rank: int
    is_paid: bool = False
    waits: tuple[str, ...] = ()
    waits_unpaid: bool = False

    @property
    def words(self) -> Any:
        return metric_definitions.STAGES[self.key]

    @property
    def test(self) -> Q:
        return Q(rank__gte=self.rank) & (Q(rewarded_at__isnull=False) if self.is_paid else Q())

    @property
    def waiting(self) -> Q:
        return Q(state__in=self.waits) & (Q(rewarded_at=None) if self.waits_unpaid else Q())


STAGES = (
    Stage(
        "introduced",
        gettext_lazy("Introductions"),
        "clicked",
        0,
        waits=(S.SUBMITTED, S.CONSENT_PENDING),
    ),
    Stage(
        "signed_up", gettext_lazy("Registered"), "introduced", ranks.REGISTERED, waits=(S.ACCEPTED,)
    ),
    Stage("qualified", gettext_lazy("Meeting"), "signed_up", ranks.QUALIFIED, waits=(S.QUALIFIED,)),
    Stage(
        "opportunity",
        gettext_lazy("In talks"),
        "qualified",
        ranks.OPPORTUNITY,
        waits=(S.OPPORTUNITY,),
    ),
    Stage("won", gettext_lazy("Won"), "opportunity", ranks.WON, waits=(S.WON,), waits_unpaid=True),
    Stage("live", gettext_lazy("Live"), "won", ranks.LIVE, waits=(S.LIVE,), waits_unpaid=True),
    Stage("rewarded", gettext_lazy("Reward paid"), "won", ranks.WON, is_paid=True),
)
BY_KEY = {stage.key: stage for stage in STAGES}
UNDECIDED = (
    "introduced",
    "signed_up",
    "qualified",
    "opportunity",
)  # whoever waits here may yet become a customer
CLICKED = gettext_lazy("People who opened a link")


@dataclass(frozen=True)
class Cell:
    """Introductions of one month that are alike in everything the funnel asks."""

    month: date
    rank: int
    state: str
    is_paid: bool
    is_without_click: bool
    n: int


def cells(slice_: AnalyticsFilter) -> list[Cell]:
    """Return the introductions of every month, equal ones grouped with a count: the table and the
    funnel read the same result.

    Read from the aggregates, but for one content or referrer from their rows. One row per distinct
    combination: some hundred after years of use.
    """
    if not slice_.is_tallied:
        return cells_of_rows(slice_)
    alike = ("month", "rank", "state", "is_paid", "clickless")
    tallied = MilestoneCount.objects.filter(**slice_.cells(any_month=True)).annotate(
        clickless=Q(channel__in=WITHOUT_CLICK)
    )
    rows = tallied.order_by().values(*alike).annotate(n=Sum("count"))
    return [Cell(*row) for row in rows.values_list(*alike, "n")]


def cells_of_rows(slice_: AnalyticsFilter) -> list[Cell]:
    """Return the same from the rows themselves."""
    found = (
        slice_.introductions(any_month=True)
        .order_by()
        .annotate(paid=Q(rewarded_at__isnull=False), clickless=Q(channel__in=WITHOUT_CLICK))
    )
    rows = found.values_list("month", "rank", "state", "paid", "clickless").annotate(n=Count("pk"))
    return [Cell(*row) for row in rows]


def count_of(stage: Stage, found: Iterable[Cell]) -> int:
    """Return how many came to a stage: the same as `stage.test` says of rows."""
    return sum(
        cell.n for cell in found if cell.rank >= stage.rank and (cell.is_paid or not stage.is_paid)
    )


def waiting_in(stage: Stage, found: Iterable[Cell]) -> int:
    """Return how many wait in a stage: the same as `stage.waiting` says of rows."""
    return sum(
        cell.n
        for cell in found
        if cell.state in stage.waits and not (stage.waits_unpaid and cell.is_paid)
    )


def totals(slice_: AnalyticsFilter, found: list[Cell]) -> dict[str, int]:
    """Return every stage's count, who waits in it, and how many needed no click."""
    mine = [cell for cell in found if slice_.month in (None, cell.month)]
    counts = {stage.key: count_of(stage, mine) for stage in STAGES}
    waits = {f"open_{stage.key}": waiting_in(stage, mine) for stage in STAGES if stage.waits}
    without = sum(cell.n for cell in mine if cell.is_without_click)
    return {**counts, **waits, "without_click": without, "clicked": people(slice_)}


def funnel(slice_: AnalyticsFilter, found_cells: list[Cell], now: datetime) -> list[dict[str, Any]]:
    """Return the rows from the first click to the paid reward."""
    found = totals(slice_, found_cells)
    first = found["clicked"] or found["introduced"]
    gaps = waits(slice_, now)
    rows: list[dict[str, Any]] = [
        {
            "stage": "clicked",
            "label": CLICKED,
            "words": metric_definitions.CLICKED,
            "count": found["clicked"],
            "query": slice_.query(stage="clicked"),
        }
    ]
    for stage in STAGES:
        count, before = found[stage.key], found[stage.before]
        by_click = stage.key == "introduced"
        part = count - found["without_click"] if by_click else count
        rows.append(
            {
                "stage": stage.key,
                "label": stage.label,
                "words": stage.words,
                "count": count,
                "part": part,
                "first": first,
                "before": before,
                "before_label": _label(stage.before),
                "open": found.get(f"open_{stage.key}"),
                "gap": gaps.get(stage.key),
                "of_introduced": count / found["introduced"] if found["introduced"] else 0,
                "query": slice_.query(stage=stage.key),
                "open_query": slice_.query(stage=f"open_{stage.key}"),
            }
        )
    rows[1]["without_click"] = found["without_click"]
    return rows


def _label(key: str) -> Any:
    return BY_KEY[key].label if key in BY_KEY else CLICKED


def cohorts(
    slice_: AnalyticsFilter, found: list[Cell], now: datetime, *, months: int = 12
) -> list[dict[str, Any]]:
    """Return the newest months of introduction with what became of each so far; young ones are
    marked.

    Obeys every filter but the month, which it shows.
    """
    by_month: dict[date, list[Cell]] = defaultdict(list)
    for cell in found:
        by_month[cell.month].append(cell)
    running = month_of(now, site_calendar())
    rows = []
    for month in sorted(by_month, reverse=True)[:months]:
        key, mine = f"{month:%Y-%m}", by_month[month]
        rows.append(
            {
                "key": key,
                "month": month,
                "n": count_of(STAGES[0], mine),
                "is_young": now - end_of(month) < YOUNG,
                "is_running": month == running,
                "query": slice_.query(cohort=key),
                "cells": [
                    {
                        "label": stage.label,
                        "count": count_of(stage, mine),
                        "query": slice_.query(cohort=key, stage=stage.key),
                    }
                    for stage in STAGES[1:]
                ],
            }
        )
    return rows


def finding(rows: list[dict[str, Any]]) -> str:
    """Return what the funnel says, as the page's title."""
    by = {row["stage"]: row for row in rows}
    introduced, won = by["introduced"]["count"], by["won"]["count"]
    if not introduced:
        return _("No introduction yet in this selection")
    undecided = [row for row in rows[1:] if row["stage"] in UNDECIDED]
    waiting = max(undecided, key=lambda row: row["open"] or 0)
    if not waiting["open"]:
        return _("%(won)s of %(introduced)s introductions became customers; none waits") % {
            "won": won,
            "introduced": introduced,
        }
    return _(
        "%(won)s of %(introduced)s introductions became customers; most wait at “%(stage)s”"
    ) % {
        "won": won,
        "introduced": introduced,
        "stage": waiting["label"],
    }

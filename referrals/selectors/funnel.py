"""The funnel: one cohort in every row, the denominator beside every share, days between with those who still wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.flywheel.stats import kaplan_meier_counted
from referrals import definitions
from referrals.models import Click, Referral
from referrals.selectors.slices import WITHOUT_CLICK, ZONE, Slice, end_of

S = Referral.State
YOUNG = timedelta(days=120)
Counts = Counter[tuple[float, bool]]


@dataclass(frozen=True)
class Stage:
    """One row of the funnel: what it takes to be in it, what it follows, and the states that wait in it."""

    key: str
    label: Any
    test: Q
    before: str
    waiting: Q
    words: Any  # its definition


WAITING = {
    "introduced": Q(state__in=(S.SUBMITTED, S.CONSENT_PENDING)), "signed_up": Q(state=S.ACCEPTED),
    "qualified": Q(state=S.QUALIFIED), "opportunity": Q(state=S.OPPORTUNITY), "won": Q(state=S.WON, rewarded_at=None),
    "live": Q(state=S.LIVE, rewarded_at=None), "rewarded": Q(pk=None),
}  # fmt: skip
STAGES = tuple(
    Stage(key, label, test, before, WAITING[key], definitions.STAGES[key])
    for key, label, test, before in (
        ("introduced", gettext_lazy("Introductions"), Q(), "clicked"),
        ("signed_up", gettext_lazy("Registered"), Q(rank__gte=1), "introduced"),
        ("qualified", gettext_lazy("Meeting"), Q(rank__gte=2), "signed_up"),
        ("opportunity", gettext_lazy("In talks"), Q(rank__gte=3), "qualified"),
        ("won", gettext_lazy("Won"), Q(rank__gte=4), "opportunity"),
        ("live", gettext_lazy("Live"), Q(rank__gte=5), "won"),
        ("rewarded", gettext_lazy("Reward paid"), Q(rank__gte=4, rewarded_at__isnull=False), "won"),
    )
)
BY_KEY = {stage.key: stage for stage in STAGES}
COLUMNS = {
    "introduced": "introduced_at", "signed_up": "signed_up_at", "qualified": "qualified_at",
    "opportunity": "opportunity_at", "won": "won_at", "live": "live_at", "rewarded": "rewarded_at",
}  # fmt: skip
UNDECIDED = ("introduced", "signed_up", "qualified", "opportunity")  # whoever waits here may yet become a customer
RANKS = {"signed_up": 1, "qualified": 2, "opportunity": 3, "won": 4, "live": 5}
CLICKED = gettext_lazy("People who opened a link")


def counts() -> dict[str, Count]:
    """Return the aggregates that count every stage in one look."""
    return {stage.key: Count("pk", filter=stage.test) if stage.test else Count("pk") for stage in STAGES}


def totals(slice_: Slice) -> dict[str, int]:
    """Return every stage's count, who waits in it, and how many needed no click."""
    waits = {f"open_{stage.key}": Count("pk", filter=stage.waiting) for stage in STAGES[:-1]}
    found: dict[str, int] = slice_.introductions().aggregate(
        **counts(), **waits, without_click=Count("pk", filter=Q(channel__in=WITHOUT_CLICK))
    )
    found["clicked"] = people(slice_)
    return found


def people(slice_: Slice) -> int:
    """Return how often a person opened a link."""
    return slice_.clicks().filter(verdict=Click.Verdict.HUMAN).aggregate(n=Sum("count"))["n"] or 0


def funnel(slice_: Slice, now: datetime) -> list[dict[str, Any]]:
    """Return the rows from the first click to the paid reward."""
    found = totals(slice_)
    first = found["clicked"] or found["introduced"]
    gaps = waits(slice_, now)
    rows: list[dict[str, Any]] = [
        {"stage": "clicked", "label": CLICKED, "words": definitions.CLICKED, "count": found["clicked"],
         "query": slice_.query(stage="clicked")}
    ]  # fmt: skip
    for stage in STAGES:
        count, before = found[stage.key], found[stage.before]
        by_click = stage.key == "introduced"
        part = count - found["without_click"] if by_click else count
        rows.append(
            {
                "stage": stage.key, "label": stage.label, "words": stage.words, "count": count, "part": part,
                "first": first, "before": before, "before_label": _label(stage.before),
                "open": found.get(f"open_{stage.key}"), "gap": gaps.get(stage.key),
                "of_introduced": count / found["introduced"] if found["introduced"] else 0,
                "query": slice_.query(stage=stage.key), "open_query": slice_.query(stage=f"open_{stage.key}"),
            }
        )  # fmt: skip
    rows[1]["without_click"] = found["without_click"]
    return rows


def _label(key: str) -> Any:
    return BY_KEY[key].label if key in BY_KEY else CLICKED


@dataclass(frozen=True)
class Gap:
    """Days from one stage to the next: the plain median of those over, and with those who still wait."""

    n: int
    waiting: int
    median: float | None
    with_waiting: float | None


def gap_of(cases: Counts) -> Gap:
    over = Counter({wait: n for (wait, ended), n in cases.items() if ended})
    n = sum(over.values())
    return Gap(
        n, sum(cases.values()) - n, median_of(over), kaplan_meier_counted(cases).quantile(0.5) if cases else None
    )


def median_of(values: Counter[float]) -> float | None:
    """Return the median of counted values."""
    total = sum(values.values())
    if not total:
        return None
    return round((_nth(values, (total - 1) // 2) + _nth(values, total // 2)) / 2, 1)


def _nth(values: Counter[float], index: int) -> float:
    seen = 0
    for value in sorted(values):
        seen += values[value]
        if seen > index:
            return value
    raise IndexError(index)


def waits(slice_: Slice, now: datetime) -> dict[str, Gap]:
    """Return the days before each stage. An introduction that ended on the way is watched until its end."""
    return {stage: gap_of(cases) for stage, cases in wait_cases(slice_, now).items()}


def wait_cases(slice_: Slice, now: datetime) -> dict[str, Counts]:
    """Return for each stage how many waited how long for it (days, to a tenth), and whether it came.

    One query; it returns as many rows as there are different waits, not as many as there are introductions. A step
    that only a later one implies has no date: such a wait is left out.
    """
    rows, params = (
        slice_.introductions().order_by().values(*COLUMNS.values(), "ended_at", "rank").query.sql_with_params()
    )
    pairs = ", ".join(
        f"('{stage.key}', {COLUMNS[stage.before]}, {COLUMNS[stage.key]}, {RANKS.get(stage.key, 9)})"
        for stage in STAGES
        if stage.before in COLUMNS
    )
    sql = f"""
        SELECT stage, floor(extract(epoch FROM COALESCE(until, ended_at, %s) - since) / 8640) / 10.0,
            until IS NOT NULL, count(*)
        FROM ({rows}) m CROSS JOIN LATERAL (VALUES {pairs}) g(stage, since, until, needed)
        WHERE since IS NOT NULL AND (until IS NOT NULL OR rank < needed) AND COALESCE(until, ended_at, %s) >= since GROUP BY 1, 2, 3
    """  # noqa: S608  constants and the parts of Django's own query
    found: dict[str, Counts] = defaultdict(Counter)
    with connection.cursor() as cursor:
        cursor.execute(sql, [now, *params, now])
        for stage, days, over, n in cursor.fetchall():
            found[stage][float(days), over] = n
    return found


def cohorts(slice_: Slice, now: datetime, *, months: int = 12) -> list[dict[str, Any]]:
    """Return the newest months of introduction with what became of each so far; young ones are marked.

    Obeys every filter but the month, which it shows.
    """
    found = (
        slice_.introductions(any_month=True)
        .order_by("-month")
        .values("month")
        .annotate(first=Min("introduced_at"), **counts())
    )
    local = now.astimezone(ZONE)
    rows = []
    for row in found[:months]:
        key = f"{row['month']:%Y-%m}"
        ends = end_of(row["month"])
        rows.append(
            {
                "key": key, "month": row["month"], "n": row["introduced"], "is_young": now - ends < YOUNG,
                "is_running": (row["month"].year, row["month"].month) == (local.year, local.month),
                "query": slice_.query(cohort=key),
                "cells": [
                    {"label": stage.label, "count": row[stage.key], "query": slice_.query(cohort=key, stage=stage.key)}
                    for stage in STAGES[1:]
                ],
            }
        )  # fmt: skip
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
            "won": won, "introduced": introduced,
        }  # fmt: skip
    return _("%(won)s of %(introduced)s introductions became customers; most wait at “%(stage)s”") % {
        "won": won, "introduced": introduced, "stage": waiting["label"],
    }  # fmt: skip

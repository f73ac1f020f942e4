"""Referral analytics: one cohort in every row, the denominator beside every share, and the rows behind every number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import Organization
from referrals import words
from referrals.models import Click, ClickDay, Program, Referral, ReferralLink, Reward, ShareLog, Step

S = Referral.State
STAGES = ("signed_up", "qualified", "opportunity", "won", "rewarded")
NOT_COUNTED = (S.DRAFT, S.MERGED)


@dataclass(frozen=True)
class Slice:
    """What is looked at: a cohort (month of introduction, or all), a program, a channel."""

    cohort: str = ""
    program: str = ""

    @property
    def bounds(self) -> tuple[datetime, datetime] | None:
        if not self.cohort:
            return None
        year, month = (int(part) for part in self.cohort.split("-"))
        start = datetime(year, month, 1, tzinfo=UTC)
        return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)

    def query(self, **more: str) -> str:
        return urlencode(
            {key: value for key, value in {"cohort": self.cohort, "program": self.program, **more}.items() if value}
        )


def introductions(slice_: Slice) -> Any:
    """Return the introductions of a slice: what came through links, codes, names and staff, without refused doubles."""
    rows = Referral.objects.exclude(state__in=NOT_COUNTED)
    if slice_.program:
        rows = rows.filter(program__slug=slice_.program)
    if slice_.bounds:
        rows = rows.filter(introduced_at__gte=slice_.bounds[0], introduced_at__lt=slice_.bounds[1])
    return rows


def reached(slice_: Slice, stage: str) -> Any:
    """Return the introductions of a slice that reached a stage; the same rows are counted, listed and exported."""
    rows = introductions(slice_)
    if stage == "introduced":
        return rows
    if stage == "signed_up":
        return rows.filter(organization__isnull=False).exclude(state=S.REJECTED)
    if stage == "rewarded":
        return rows.filter(rewards__state=Reward.State.FULFILLED, rewards__side="referrer").distinct()
    later = {
        "qualified": (S.QUALIFIED, S.OPPORTUNITY, S.WON, S.LIVE), "opportunity": (S.OPPORTUNITY, S.WON, S.LIVE),
        "won": (S.WON, S.LIVE),
    }[stage]  # fmt: skip
    return rows.filter(Q(state__in=later) | Q(changes__after__in=later) & ~Q(state=S.REJECTED)).distinct()


LABELS = {
    "clicked": lambda: _("People who opened a link"), "introduced": lambda: _("Introductions"),
    "signed_up": lambda: _("Registered"), "qualified": lambda: _("Meeting"), "opportunity": lambda: _("In talks"),
    "won": lambda: _("Won"), "rewarded": lambda: _("Reward paid"),
}  # fmt: skip


def funnel(slice_: Slice, now: datetime) -> list[dict[str, Any]]:
    """Return the funnel's rows: count, share of the first and of the row before, median days between, open now.

    Clicks are people of the same months (a click belongs to nobody yet, so its cohort is its own month).
    """
    counts = [("clicked", human_clicks(slice_))]
    counts += [(stage, reached(slice_, stage).count()) for stage in ("introduced", *STAGES)]
    first = counts[0][1]
    days = median_days(slice_)
    still = open_now(slice_)
    rows, before = [], 0
    for index, (stage, count) in enumerate(counts):
        rows.append(
            {
                "stage": stage, "label": LABELS[stage](), "count": count,
                "of_first": share(count, first) if index else "", "of_previous": share(count, before) if index else "",
                "median_days": days.get(stage), "open_now": still.get(stage),
                "url": f"{reverse('referrals:analytics_rows')}?{slice_.query(stage=stage)}",
            }
        )  # fmt: skip
        before = count
    return rows


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _clickdays(slice_: Slice) -> Any:
    rows = ClickDay.objects.all()
    if slice_.program:
        rows = rows.filter(link_id__in=ReferralLink.objects.filter(program__slug=slice_.program).values("pk"))
    if slice_.bounds:
        rows = rows.filter(day__gte=slice_.bounds[0].date(), day__lt=slice_.bounds[1].date())
    return rows


def human_clicks(slice_: Slice) -> int:
    """Return how many people opened a link."""
    return _clickdays(slice_).filter(verdict=Click.Verdict.HUMAN).aggregate(n=Sum("count"))["n"] or 0


def clicks_by_verdict(slice_: Slice) -> list[dict[str, Any]]:
    """Return clicks split into people, the same people again, previews, scanners, crawlers and prefetches."""
    sums = {
        row["verdict"]: row
        for row in _clickdays(slice_).values("verdict").annotate(n=Sum("count"), sure=Sum("confirmed_count"))
    }
    return [
        {"label": str(label), "value": sums[value]["n"], "sure": sums[value]["sure"]}
        for value, label in Click.Verdict.choices
        if value in sums
    ]


def median_days(slice_: Slice) -> dict[str, float | None]:
    """Return the median days from the stage before, over introductions that have both dates (n differs by row)."""
    dates: dict[int, dict[str, datetime]] = {}
    companies: dict[tuple[int, int], list[int]] = {}
    for pk, at, program, organization in introductions(slice_).values_list(
        "pk", "introduced_at", "program_id", "organization_id"
    ):
        dates[pk] = {"introduced": at}
        if organization:
            companies.setdefault((program, organization), []).append(pk)
    for program, organization, stage, at in Step.objects.filter(is_inferred=False, stage__in=STAGES).values_list(
        "referred__program_id", "referred__organization_id", "stage", "at"
    ):
        for pk in companies.get((program, organization), ()):
            dates[pk][stage] = at
    for pk, at in (
        Reward.objects.filter(referral_id__in=dates, state=Reward.State.FULFILLED, side="referrer")
        .values_list("referral_id").annotate(at=Min("state_since"))
    ):  # fmt: skip
        dates[pk]["rewarded"] = at
    found: dict[str, float | None] = {}
    for before, stage in (
        ("introduced", "qualified"),
        ("qualified", "opportunity"),
        ("opportunity", "won"),
        ("won", "rewarded"),
    ):
        gaps = [
            (row[stage] - row[before]).total_seconds() / 86_400
            for row in dates.values()
            if stage in row and before in row and row[stage] >= row[before]
        ]
        found[stage] = round(median(gaps), 1) if gaps else None
    return found


def open_now(slice_: Slice) -> dict[str, int]:
    """Return how many introductions stand at each stage now."""
    states = {"introduced": (S.SUBMITTED, S.CONSENT_PENDING), "signed_up": (S.ACCEPTED,), "qualified": (S.QUALIFIED,),
              "opportunity": (S.OPPORTUNITY,)}  # fmt: skip
    return {stage: introductions(slice_).filter(state__in=values).count() for stage, values in states.items()}


def cohorts(now: datetime, *, months: int = 6) -> list[dict[str, Any]]:
    """Return the last months of introduction with what became of each; young ones are marked, never read as zero."""
    rows = []
    year, month = now.year, now.month
    for _index in range(months):
        key = f"{year}-{month:02d}"
        slice_ = Slice(cohort=key)
        n = reached(slice_, "introduced").count()
        rows.append(
            {
                "key": key, "n": n, "is_young": now - datetime(year, month, 1, tzinfo=UTC) < timedelta(days=120),
                "cells": [
                    {"stage": stage, "count": (count := reached(slice_, stage).count()), "share": share(count, n),
                     "url": f"{reverse('referrals:analytics_rows')}?{slice_.query(stage=stage)}"}
                    for stage in STAGES
                ],
            }
        )  # fmt: skip
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return rows


def by_channel(slice_: Slice) -> list[dict[str, Any]]:
    """Return shares by channel."""
    rows = ShareLog.objects.all()
    if slice_.bounds:
        rows = rows.filter(at__gte=slice_.bounds[0], at__lt=slice_.bounds[1])
    labels = dict(ShareLog.Channel.choices)
    found = rows.values("channel").annotate(n=Count("pk")).order_by("-n", "channel")
    return [{"label": str(labels.get(row["channel"], row["channel"])), "value": row["n"]} for row in found]


def top_referrers(slice_: Slice, *, limit: int = 10) -> list[dict[str, Any]]:
    """Return who introduced most companies that were won."""
    rows = (
        reached(slice_, "won").order_by().values("referrer_id", "referrer__display_name", "referrer__public_id")
        .annotate(n=Count("pk", distinct=True)).order_by("-n", "referrer_id")
    )  # fmt: skip
    return [
        {"label": row["referrer__display_name"] or _("Former member"), "value": row["n"],
         "url": reverse("accounts:member", args=[row["referrer__public_id"]])}
        for row in rows[:limit]
    ]  # fmt: skip


def viral(now: datetime) -> dict[str, Any]:
    """Return K over the last 180 days: won introduced companies ÷ customers at its start, with the exact Poisson interval.

    Definition: flywheel.md C6, referrals.md 3. Companies younger than the window are in neither part.
    """
    start = now - timedelta(days=180)
    customers = Organization.objects.filter(is_own=False, became_customer_at__lt=start).count()
    won = (
        Step.objects.filter(stage=Step.Stage.WON, at__gte=start).values("referred__organization_id").distinct().count()
    )
    low, high = poisson_interval(won)
    return {
        "k": won / customers if customers else None, "low": low / customers if customers else None,
        "high": high / customers if customers else None, "won": won, "customers": customers, "days": 180,
    }  # fmt: skip


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Garwood) interval of a Poisson mean, by bisection on its distribution function."""
    from math import exp

    tail = (1 - level) / 2

    def at_most(n: int, mean: float) -> float:
        term, total = exp(-mean), 0.0
        for k in range(n + 1):
            total += term
            term *= mean / (k + 1)
        return total

    def solve(goal: float, n: int) -> float:
        low, high = 0.0, 4 * (count + 4.0)
        for _index in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if at_most(n, middle) > goal else (low, middle)
        return low

    return (solve(1 - tail, count - 1) if count else 0.0), solve(tail, count)


def earned_share(now: datetime) -> dict[str, int]:
    """Return new customers of the last 180 days and how many of them came by introduction."""
    start = now - timedelta(days=180)
    fresh = Organization.objects.filter(is_own=False, became_customer_at__gte=start)
    introduced = Referral.objects.filter(state__in=(S.WON, S.LIVE)).values("organization_id")
    return {"new": fresh.count(), "introduced": fresh.filter(pk__in=introduced).count()}


def rows_for(slice_: Slice, stage: str) -> list[dict[str, Any]]:
    """Return the rows behind a number: as many as it says."""
    if stage == "clicked":
        days = (
            _clickdays(slice_)
            .filter(verdict=Click.Verdict.HUMAN)
            .values("day")
            .annotate(n=Sum("count"))
            .order_by("-day")
        )
        return [{"day": row["day"], "count": row["n"]} for row in days]
    found = (
        reached(slice_, stage).select_related("organization", "referrer", "program").order_by("-introduced_at", "-pk")
    )
    return [
        {
            "referral": row, "name": words.shown_name(row, staff=True), "state": row.get_state_display(),
            "tone": words.TONES.get(S(row.state), ""), "url": reverse("referrals:desk_referral", args=[row.public_id]),
        }
        for row in found[:2_000]
    ]  # fmt: skip


def known_cohort(text: str) -> str:
    """Return a cohort key when it is one, else ""."""
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return ""
    return text if len(text) == 7 else ""


def programs() -> list[Program]:
    return list(Program.objects.order_by("-is_default", "pk"))

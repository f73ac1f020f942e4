"""Drill-down: the rows behind every number of the analytics, one query each, so that card, list and
file cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.calendar.calendars import site_calendar
from portal.core.time import day_of
from referrals.models import Click, Milestones, Referral
from referrals.selectors.analytics import funnel, sources
from referrals.selectors.analytics.filters import AnalyticsFilter, channel_label
from referrals.text import introductions, metric_definitions


@dataclass(frozen=True)
class Cell:
    """One value of a row: as text for the file, with what a page adds to it."""

    text: str
    url: str = ""
    tone: str | None = None
    is_number: bool = False


@dataclass(frozen=True)
class DrillDown:
    """Drill-down of one number: its rows in key order, their count, and how a row is displayed."""

    label: str
    words: str
    rows: Any
    order: tuple[str, ...]
    heads: tuple[tuple[str, str], ...]  # (column in the file, heading on the page)
    cells: Callable[[Any], list[Cell]]
    weight: str = ""  # the field that a row counts with; "" when every row counts once

    def total(self) -> int:
        """Return the number: the sum over the rows."""
        if self.weight:
            return self.rows.aggregate(n=Sum(self.weight))["n"] or 0
        return int(self.rows.count())


def introductions_behind(label: Any, words_: Any, rows: Any) -> DrillDown:
    """Return introductions as rows."""
    related = ("referral", "organization", "referrer", "program")
    heads = (
        ("introduction", _("Introduced")),
        ("referrer", _("By")),
        ("program", _("Program")),
        ("channel", _("Channel")),
        ("state", _("State")),
        ("introduced", _("When")),
        ("won", _("Won")),
    )
    return DrillDown(
        str(label),
        str(words_),
        rows.select_related(*related),
        ("-introduced_at", "-referral_id"),
        heads,
        _introduction,
    )


def day(moment: Any) -> str:
    return day_of(moment, site_calendar()).isoformat() if moment else ""


def _introduction(row: Milestones) -> list[Cell]:
    name = introductions.shown_name(row.referral, staff=True)
    return [
        Cell(name, reverse("referrals:desk_referral", args=[row.referral.public_id])),
        Cell(row.referrer.display_name or _("Former member")),
        Cell(row.program.name),
        Cell(channel_label(row.channel)),
        Cell(row.get_state_display(), tone=introductions.TONES.get(Referral.State(row.state), "")),
        Cell(day(row.introduced_at)),
        Cell(day(row.won_at)),
    ]


def clicks_behind(label: Any, words_: Any, rows: Any) -> DrillDown:
    """Return clicks as rows: a month, a link and a channel each."""
    heads = (
        ("month", _("Month")),
        ("link", _("Link")),
        ("referrer", _("Referrer")),
        ("content", _("Shared content")),
        ("channel", _("Channel")),
        ("kind", _("What it was")),
        ("clicks", _("Clicks")),
    )

    def cells(row: Any) -> list[Cell]:
        link = row.link
        return [
            Cell(f"{row.month:%Y-%m}"),
            Cell(link.code if link else ""),
            Cell((link.user.display_name if link and link.user else "") or _("Former member")),
            Cell(link.content_url if link else ""),
            Cell(channel_label(row.channel or "link")),
            Cell(str(Click.Verdict(row.verdict).label)),
            Cell(str(row.clicks), is_number=True),
        ]

    return DrillDown(
        str(label),
        str(words_),
        rows.filter(clicks__gt=0).select_related("link__user"),
        ("-month", "-id"),
        heads,
        cells,
        "clicks",
    )


def behind(slice_: AnalyticsFilter, stage: str) -> DrillDown | None:
    """Return what stands behind a number of the funnel's page, or None when there is no such
    number.
    """
    if stage == "clicked":
        return clicks_behind(
            funnel.CLICKED,
            metric_definitions.CLICKED,
            _clicks(slice_).filter(verdict=Click.Verdict.HUMAN),
        )
    if stage.startswith("clicks_"):
        return _clicks_of(slice_, stage.removeprefix("clicks_"))
    waits = stage.startswith("open_")
    found = funnel.BY_KEY.get(stage.removeprefix("open_"))
    if found is None:
        return None
    rows = slice_.introductions().filter(found.waiting if waits else found.test)
    label = _("%(stage)s: open now") % {"stage": found.label} if waits else found.label
    return introductions_behind(label, found.words, rows)


def _clicks(slice_: AnalyticsFilter, amount: Any = None) -> Any:
    return slice_.clicks().annotate(clicks=amount if amount is not None else F("count"))


def _clicks_of(slice_: AnalyticsFilter, kind: str) -> DrillDown | None:
    if kind == "all":
        return clicks_behind(_("All clicks"), metric_definitions.CLICKS["all"], _clicks(slice_))
    known = next((row for row in sources.KINDS if row[0] == kind), None)
    if known is None:
        return None
    amount = {"sure": F("confirmed_count"), "human": F("count") - F("confirmed_count")}.get(
        kind, F("count")
    )
    verdict = Click.Verdict.HUMAN if kind in ("sure", "human") else kind
    return clicks_behind(known[2], known[3], _clicks(slice_, amount).filter(verdict=verdict))

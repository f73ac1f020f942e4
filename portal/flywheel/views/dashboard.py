"""The dashboard: three axes, momentum, friction, adoption; and the drill-down of every number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from portal.core.calendar.calendars import site_calendar
from portal.core.templatetags.display import chart_day
from portal.core.web.downloads import csv_response
from portal.flywheel import text
from portal.flywheel.history import Data, load
from portal.flywheel.metric_registry import Metric, Row, metric
from portal.flywheel.models import DailyValue, Turn
from portal.flywheel.rules import friction, momentum
from portal.teams import selectors as teams

# short-term number, long-term number: neither is ever shown alone
PAIRS = (
    ("recorded", "won"),
    ("activated", "earned"),
    ("answered", "inertia"),
    ("first_answer", "first_answer_p90"),
    ("active", "peer"),
    ("confirmed", "advocacy"),
)


def _rows_url(name: str) -> str:
    return f"{reverse('flywheel:rows')}?metric={name}"


def _figure(data: Data, name: str, moment: datetime) -> dict[str, Any]:
    found = metric(name)
    assert found is not None
    value = found.value(data, moment)
    return {
        "metric": found,
        "value": value,
        "shown": text.shown(found, value),
        "basis": text.basis(found, value),
        "url": _rows_url(name),
        "bad": found.kind == "p90" and value.number is None and value.n > 0,
    }


@team_required
@require_GET
def dashboard(request: MemberRequest) -> HttpResponse:
    """How the wheel turns, what holds it up, and who waits longest."""
    now = time.now()
    data = load(now)
    steps = friction.steps(data.turns, now)
    worst = friction.bottlenecks(steps)
    figures = {name: _figure(data, name, now) for pair in PAIRS for name in pair}
    figures |= {
        name: _figure(data, name, now)
        for name in ("momentum", "speed", "friction", "confirm_rate", "told_rate")
    }
    change = momentum.change(data.units, now)
    context = {
        "finding": text.finding(
            momentum=figures["momentum"]["value"].number or 0,
            change=change,
            friction=figures["friction"]["value"].number,
            worst=worst[0] if worst else None,
            won=int(figures["won"]["value"].number or 0),
            recorded=int(figures["recorded"]["value"].number or 0),
        ),
        "axes": _axes(figures),
        "figures": figures,
        "change": f"{change:+.0f}" if change else "±0",
        "pairs": [(figures[short], figures[long]) for short, long in PAIRS],
        "steps": [_step(step) for step in steps],
        "worst": [_step(step) for step in worst],
        "line": _line(now),
        "longest": teams.waiting_longest(limit=8),
        "now": now,
    }
    return render(request, "flywheel/dashboard.html", context)


def _axes(figures: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The three axes as shares of 100, the weakest marked."""
    labels = {
        "activated": _("Acquisition"),
        "answered": _("Engagement"),
        "confirm_rate": pgettext("axis", "Value"),
    }
    rows = [
        {
            "label": label,
            "value": round(100 * (figures[name]["value"].number or 0)),
            "url": figures[name]["url"],
            "figure": figures[name],
            "known": figures[name]["value"].number is not None,
        }
        for name, label in labels.items()
    ]
    weakest = min((row["value"] for row in rows if row["known"]), default=None)
    for row in rows:
        row["weak"] = row["known"] and row["value"] == weakest
    return rows


def _step(step: friction.Step) -> dict[str, Any]:
    return {
        "step": step,
        "name": text.stuck_at(step),
        "median": text.duration(step.median_hours) if step.volume else "–",
        "p90": text.duration(step.p90_hours) if step.volume else "–",
        "red": step.volume > 0 and step.p90_hours is None,
        "leak": f"{100 * step.leak:.0f}%" if step.volume else "–",
        "url": f"{reverse('flywheel:turns')}?stage={step.before}",
    }


def _line(now: datetime) -> dict[str, Any]:
    """Momentum by week from the daily values, the four-week mean beside it."""
    today = time.day_of(now, site_calendar())
    values = dict(
        DailyValue.objects.filter(
            metric="momentum", day__gt=today - timedelta(days=120)
        ).values_list("day", "value")
    )
    days = [today - timedelta(days=1 + 7 * week) for week in range(15, -1, -1)]
    raw = [values.get(day) for day in days]
    mean = []
    for index in range(len(raw)):
        known = [value for value in raw[max(0, index - 3) : index + 1] if value is not None]
        mean.append(round(sum(known) / len(known), 1) if known else None)
    series = [
        {"label": _("Momentum"), "values": raw, "tone": 1, "style": ""},
        {"label": _("Mean of four weeks"), "values": mean, "tone": 2, "style": "before"},
    ]
    return {"series": series, "labels": [chart_day(day) for day in days], "known": any(raw)}


@team_required
@require_GET
def rows(request: MemberRequest) -> HttpResponse:
    """The rows behind a number, on a page or as CSV; they add up to the number."""
    found = metric(request.GET.get("metric", "momentum"))
    if found is None:
        raise Http404
    now = time.now()
    data = load(now)
    all_rows = sorted(found.rows(data, now), key=lambda row: row.at, reverse=True)
    shown = _told(data, all_rows)
    if request.GET.get("format") == "csv":
        return _csv(found, shown)
    value = found.value(data, now)
    context = {
        "metric": found,
        "rows": shown[:300],
        "count": len(shown),
        "shown": text.shown(found, value),
        "basis": text.basis(found, value),
        "total": sum(row.value for row in all_rows),
        "whole": sum(row.of for row in all_rows),
        "now": now,
    }
    return render(request, "flywheel/rows.html", context)


def _told(data: Data, found: list[Row]) -> list[dict[str, Any]]:
    """Give rows their names and addresses."""
    turns = Turn.objects.in_bulk({row.turn for row in found if row.turn is not None})
    shown = []
    for row in found:
        turn = turns.get(row.turn or 0)
        company = data.companies.get(row.organization_id or 0)
        url = reverse("flywheel:turn", args=[turn.public_id]) if turn else row.url
        if not url and company is not None:
            url = reverse("accounts:organization", args=[company.public_id])
        label = f"{turn.title}" if turn else row.label
        shown.append(
            {
                "row": row,
                "label": label,
                "kind": row.label if turn else "",
                "url": url,
                "company": company,
            }
        )
    return shown


def _csv(found: Metric, shown: list[dict[str, Any]]) -> HttpResponse:
    header = ("label", "kind", "company", "at", "value", "of", "ended")
    lines: list[tuple[Any, ...]] = [header]
    for item in shown:
        row = item["row"]
        company = item["company"].name if item["company"] else ""
        lines.append(
            (
                item["label"],
                item["kind"],
                company,
                row.at.isoformat(),
                row.value,
                row.of,
                int(row.ended),
            )
        )
    return csv_response(lines, f"{found.name}.csv")

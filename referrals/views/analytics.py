"""Staff: what becomes of introductions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.accounts.permissions import team_required
from portal.core import time
from referrals.selectors import funnel as reads
from referrals.views.rewards import csv_response


def _slice(request: HttpRequest) -> reads.Slice:
    return reads.Slice(
        cohort=reads.known_cohort(request.GET.get("cohort", "")), program=request.GET.get("program", "")[:50]
    )


@team_required
@require_GET
def analytics(request: HttpRequest) -> HttpResponse:
    """The funnel by cohort, who shares where, clicks by what they were, K with its interval."""
    now, slice_ = time.now(), _slice(request)
    rows = reads.funnel(slice_, now)
    context = {
        "rows": rows, "slice": slice_, "cohorts": reads.cohorts(now), "programs": reads.programs(),
        "verdicts": reads.clicks_by_verdict(slice_), "channels": reads.by_channel(slice_),
        "referrers": reads.top_referrers(slice_), "viral": reads.viral(now), "earned": reads.earned_share(now),
        "now": now, "stages": [str(reads.LABELS[stage]()) for stage in reads.STAGES],
        "by": {row["stage"]: row for row in rows}, "csv": f"?{slice_.query(stage='introduced')}",
    }  # fmt: skip
    return render(request, "referrals/staff/analytics.html", context)


def _stage(request: HttpRequest) -> str:
    stage = request.GET.get("stage", "introduced")
    return stage if stage in reads.LABELS else "introduced"


@team_required
@require_GET
def analytics_rows(request: HttpRequest) -> HttpResponse:
    """The rows behind one number."""
    slice_, stage = _slice(request), _stage(request)
    rows = reads.rows_for(slice_, stage)
    total = sum(row["count"] for row in rows) if stage == "clicked" else len(rows)
    context = {
        "rows": rows, "stage": stage, "label": reads.LABELS[stage](), "slice": slice_, "total": total,
        "csv": f"?{slice_.query(stage=stage)}",
    }  # fmt: skip
    return render(request, "referrals/staff/analytics_rows.html", context)


@team_required
@require_GET
def analytics_csv(request: HttpRequest) -> HttpResponse:
    """The same rows as a file: as many as the number says."""
    slice_, stage = _slice(request), _stage(request)
    rows = reads.rows_for(slice_, stage)
    if stage == "clicked":
        table = [["day", "people"], *([str(row["day"]), str(row["count"])] for row in rows)]
    else:
        table = [["introduction", "company", "referrer", "program", "state", "introduced"]]
        table += [
            [
                str(row["referral"].public_id), str(row["name"]), row["referral"].referrer.display_name,
                row["referral"].program.slug, str(row["state"]),
                timezone.localtime(row["referral"].introduced_at).date().isoformat(),
            ]
            for row in rows
        ]  # fmt: skip
    return csv_response(table, f"introductions-{stage}.csv")

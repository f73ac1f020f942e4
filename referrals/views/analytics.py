"""Staff: referral analytics. Every number opens its rows, and the file contains the same rows."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from portal.core.db.pagination import page_by_key
from portal.core.web.downloads import csv_stream
from referrals.selectors.analytics import drilldown as rows_behind
from referrals.selectors.analytics import funnel, sources, virality_rows
from referrals.selectors.analytics.drilldown import DrillDown
from referrals.selectors.analytics.filters import AnalyticsFilter, filter_from
from referrals.services.analytics.milestones import refresh
from referrals.services.analytics.virality import count_spread

PER_PAGE = 50


@team_required
@require_GET
def analytics(request: MemberRequest) -> HttpResponse:
    """The funnel by cohort, where introductions come from, and what the clicks were."""
    now, slice_ = time.now(), filter_from(request.GET)
    by = request.GET.get("by", "")
    by = by if by in sources.WAYS else "channel"
    refresh()
    cells = funnel.cells(slice_)
    rows = funnel.funnel(slice_, cells, now)
    context = {
        "rows": rows,
        "finding": funnel.finding(rows),
        "slice": slice_,
        "cohorts": funnel.cohorts(slice_, cells, now),
        "stages": [stage.label for stage in funnel.STAGES[1:]],
        "options": sources.options(slice_),
        "by": by,
        "by_words": sources.WORDS[by],
        "sources": sources.breakdown(slice_, by),
        "ways": [
            {"url": f"?{slice_.query(by=key)}#sources", "label": label, "current": key == by}
            for key, label in sources.WAYS.items()
        ],
        "clicks": sources.clicks(slice_),
        "now": now,
        "query": slice_.query(),
    }
    return render(request, "referrals/staff/analytics.html", context)


def _behind(request: HttpRequest) -> tuple[AnalyticsFilter, str, DrillDown]:
    slice_, stage = filter_from(request.GET), request.GET.get("stage", "introduced")
    refresh()
    found = rows_behind.behind(slice_, stage)
    if found is None:
        found = virality_rows.behind(stage, time.now())
        if found is not None and "page" not in request.GET:
            count_spread(now=time.now())  # whoever goes back finds the number of these rows
    if found is None:
        raise Http404
    return slice_, stage, found


@team_required
@require_GET
def analytics_rows(request: MemberRequest) -> HttpResponse:
    """The rows behind one number, a page at a time."""
    slice_, stage, found = _behind(request)
    page = page_by_key(found.rows, order=found.order, cursor=request.GET.get("page"), size=PER_PAGE)
    query = slice_.query(stage=stage)
    headings = [heading for _name, heading in found.heads]
    context = {
        "found": found,
        "total": found.total(),
        "rows": [list(zip(headings, found.cells(row), strict=True)) for row in page.items],
        "query": query,
        "slice": slice_,
        "now": time.now(),
        "chosen": sources.chosen(slice_),
        "previous": f"?{query}&page={page.previous_cursor}" if page.previous_cursor else "",
        "next": f"?{query}&page={page.next_cursor}" if page.next_cursor else "",
    }
    return render(request, "referrals/staff/analytics_rows.html", context)


@team_required
@require_GET
def analytics_csv(request: MemberRequest) -> StreamingHttpResponse:
    """The same rows as a file, written while it is read: all of them, however many."""
    _slice, stage, found = _behind(request)
    return csv_stream(
        [name for name, _heading in found.heads],
        (
            [cell.text for cell in found.cells(row)]
            for row in found.rows.order_by(*found.order).iterator(chunk_size=500)
        ),
        f"referrals-{stage}.csv",
    )

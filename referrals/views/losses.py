"""Staff: why introductions are lost, by code, with prospects' own words."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from referrals.selectors import overdue
from referrals.selectors import staff_queue as reads
from referrals.views.staff_queue import tabs


@team_required
@require_GET
def losses(request: MemberRequest) -> HttpResponse:
    """The reasons of the last 90 or 365 days and the introductions behind each."""
    now = time.now()
    days = 365 if request.GET.get("days") == "365" else 90
    code = request.GET.get("why", "")[:12]
    table, rows = overdue.losses(now, days, code)
    context = {
        "table": table,
        "rows": rows,
        "days": days,
        "code": code,
        "now": now,
        "choices": overdue.LOSS_DAYS,
        "tabs": tabs(request, "losses", reads.tab_counts(now)),
    }
    return render(request, "referrals/staff/losses.html", context)

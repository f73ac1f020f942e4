"""Staff: the ledger checks and their results."""

from __future__ import annotations

import time as stopwatch
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from referrals.models import BooksCheck
from referrals.selectors.overdue import overdue_decisions
from referrals.selectors.staff_queue import tab_counts
from referrals.services.rewards import ledger_checks
from referrals.views.staff_queue import tabs


@team_required
@require_GET
def books_page(request: MemberRequest) -> HttpResponse:
    """Every invariant, checked now, beside the last nightly check."""
    started = stopwatch.monotonic()
    results = ledger_checks.check_ledger(limit=300)
    last = BooksCheck.objects.order_by("-at").first()
    context = {
        "rows": [
            {
                "invariant": row,
                "now": results[row.key],
                "last": (last.results.get(row.key) if last else None),
            }
            for row in ledger_checks.INVARIANTS
        ],
        "violations": sum(results.values()),
        "last": last,
        "now": time.now(),
        "is_late": last is None or time.now() - last.at > timedelta(hours=30),
        "milliseconds": int((stopwatch.monotonic() - started) * 1000),
        "tabs": tabs(request, "books", tab_counts(time.now())),
        "overdue": overdue_decisions(time.now()),
    }
    return render(request, "referrals/staff/books.html", context)

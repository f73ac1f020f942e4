"""Inbound records that wait: alert staff once of each overdue one; dismiss stale records that
nothing will ever need.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from portal import events
from referrals.events import FactsStranded
from referrals.models import Fact
from referrals.selectors.deferred_records import waiting_too_long

QUIET_FOR: Final = timedelta(
    days=90
)  # as long as a click counts: later no introduction can come that would want it
DESK: Final = "/staff/referrals/?show=facts"


@transaction.atomic
def raise_alarms(*, now: datetime, limit: int = 1_000) -> int:
    """Alert staff of records that wait too long, once each, one message per system; return how many
    records.
    """
    late = waiting_too_long(now).filter(alarmed_at=None).order_by("id")
    rows = list(late.select_for_update(skip_locked=True).values_list("pk", "source")[:limit])
    by_source: dict[str, list[int]] = {}
    for pk, source in rows:
        by_source.setdefault(source, []).append(pk)
    for source, ids in sorted(by_source.items()):
        events.publish(
            FactsStranded(title=source, url=DESK, source=source, count=len(ids), fact_ids=ids[:50]),
            subject=f"referrals.facts:{source}",
            now=now,
        )
    Fact.objects.filter(pk__in=[pk for pk, _ in rows]).update(alarmed_at=now)
    return len(rows)


def dismiss_stale(*, now: datetime) -> int:
    """Dismiss records about companies that nobody introduced within 90 days; return how many."""
    old = Fact.objects.filter(
        state=Fact.State.PARKED, is_quiet=True, received_at__lt=now - QUIET_FOR
    )
    return old.update(state=Fact.State.DISMISSED, waits_for="", result={"reason": "not_introduced"})

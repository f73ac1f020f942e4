"""Daily roll-ups: every metric at the end of every day, resumable and idempotent."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from portal.core.calendar.calendars import read_site
from portal.core.time import day_of, end_of_day
from portal.flywheel.history import load
from portal.flywheel.metric_registry import all_metrics
from portal.flywheel.models import DailyValue, StaleDays

BACKFILL = 120


@transaction.atomic
def roll_up(*, now: datetime, backfill: int = BACKFILL) -> int:
    """Write what is missing up to yesterday, and again the last two days and those since which
    something came late or was taken back; return how many values.

    Days are the site's. After a change of its time zone the last two days are cut anew; those
    before stay as they were reported.
    """
    site = read_site()
    yesterday = day_of(now, site) - timedelta(days=1)
    since = _stale_since()  # before looking: what changes meanwhile is for the next time
    data = load(now)
    done = 0
    last = dict(DailyValue.objects.values_list("metric").annotate(last=Max("day")))
    for metric in all_metrics():
        first = (
            max(
                yesterday - timedelta(days=backfill - 1),
                min(
                    last[metric.name] - timedelta(days=1),
                    day_of(since, site) if since else date.max,
                ),
            )
            if metric.name in last
            else yesterday - timedelta(days=backfill - 1)
        )
        rows = []
        for number in range((yesterday - first).days + 1):
            day = first + timedelta(days=number)
            value = metric.value(data, end_of_day(day, site))
            rows.append(DailyValue(metric=metric.name, day=day, value=value.number, n=value.n))
        DailyValue.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["metric", "day"],
            update_fields=["value", "n"],
        )
        done += len(rows)
    return done


def _stale_since() -> datetime | None:
    """Return the moment since which days are stale, and forget it."""
    rows = list(StaleDays.objects.select_for_update(skip_locked=True))
    StaleDays.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return min((row.since for row in rows), default=None)


def recompute(*, now: datetime, backfill: int = BACKFILL) -> int:
    """Compute every daily value that is there again; return how many differed."""
    site = read_site()
    yesterday = day_of(now, site) - timedelta(days=1)
    before = {(row.metric, row.day): row for row in DailyValue.objects.all()}
    if not before:
        return 0
    StaleDays.objects.create(since=end_of_day(yesterday - timedelta(days=backfill), site))
    roll_up(now=now, backfill=backfill)
    return sum(_differs(row, before.get((row.metric, row.day))) for row in DailyValue.objects.all())


def _differs(after: DailyValue, before: DailyValue | None) -> bool:
    if before is None or after.n != before.n:
        return True
    if after.value is None or before.value is None:
        return after.value is not before.value
    return not math.isclose(after.value, before.value, rel_tol=1e-9, abs_tol=1e-9)

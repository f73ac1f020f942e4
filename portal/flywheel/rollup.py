"""Daily roll-ups: every metric at the end of every day, resumable and idempotent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from portal.core.calendar.calendars import read_site
from portal.core.time import day_of, end_of_day
from portal.flywheel.history import load
from portal.flywheel.metric_registry import all_metrics
from portal.flywheel.models import DailyValue

BACKFILL = 120


def roll_up(*, now: datetime, backfill: int = BACKFILL) -> int:
    """Write what is missing up to yesterday, the last two days again (late facts); return how many
    values.

    Days are the site's. After a change of its time zone the last two days are cut anew; those
    before stay as they were reported.
    """
    site = read_site()
    yesterday = day_of(now, site) - timedelta(days=1)
    data = load(now)
    done = 0
    last = dict(DailyValue.objects.values_list("metric").annotate(last=Max("day")))
    for metric in all_metrics():
        first = (
            max(
                yesterday - timedelta(days=backfill - 1),
                last.get(metric.name, date.min) - timedelta(days=1),
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

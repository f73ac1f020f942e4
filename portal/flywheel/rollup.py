"""Daily roll-ups: every metric at the end of every day, resumable and idempotent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Max

from portal.core.time import TOKYO
from portal.flywheel.history import load
from portal.flywheel.metric_registry import all_metrics
from portal.flywheel.models import DailyValue

BACKFILL = 120


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), TOKYO)


def roll_up(*, now: datetime, backfill: int = BACKFILL) -> int:
    """Write what is missing up to yesterday, the last two days again (late facts); return how many
    values.
    """
    yesterday = now.astimezone(TOKYO).date() - timedelta(days=1)
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
            value = metric.value(data, end_of(day))
            rows.append(DailyValue(metric=metric.name, day=day, value=value.number, n=value.n))
        DailyValue.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["metric", "day"],
            update_fields=["value", "n"],
        )
        done += len(rows)
    return done

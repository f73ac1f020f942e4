"""What happens by itself: silence confirms, days are rolled up."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.flywheel import engine, rollup


@shared_task(queue="default")
def turn_over() -> dict[str, int]:
    """Confirm by silence, then write the daily values that are missing."""
    now = time.now()
    return {"confirmed": engine.confirm_by_silence(now=now), "values": rollup.roll_up(now=now)}

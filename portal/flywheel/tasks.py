"""Celery tasks: confirm turns by silence, roll up days."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.flywheel import rollup, services


@shared_task
def turn_over() -> dict[str, int]:
    """Confirm by silence, then write the daily values that are missing."""
    now = time.now()
    return {"confirmed": services.confirm_by_silence(now=now), "values": rollup.roll_up(now=now)}

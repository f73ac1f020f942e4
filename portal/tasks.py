"""The house's own periodic task: a worker's sign of life."""

from __future__ import annotations

from celery import shared_task

from portal import health
from portal.core import time


@shared_task(queue="default", ignore_result=True)
def heartbeat() -> None:
    """Every 10 s, so that /healthz can say how long the workers have been silent."""
    health.beat(time.now())

"""The portal's own periodic task: a worker's heartbeat."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.monitoring import health


@shared_task(queue="default", ignore_result=True)
def heartbeat() -> None:
    """Every 10 s, so that /healthz can say how long the workers have been silent."""
    health.beat(time.now())

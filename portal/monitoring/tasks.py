"""Signs of life: the worker's own, beside its tasks, and that of the periodic tasks."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from celery.signals import heartbeat_sent
from redis.exceptions import RedisError

from portal.core import time
from portal.monitoring import health

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def heartbeat() -> None:
    """Every 10 s, so that /healthz can say since when no periodic task ran."""
    health.tick(time.now())


@heartbeat_sent.connect
def worker_lives(**kwargs: Any) -> None:
    """Every 2 s, sent by the worker's own timer and not by a thread that works."""
    try:
        health.beat(time.now())
    except (RedisError, OSError) as error:
        log.warning("heartbeat_lost", error=str(error)[:120])

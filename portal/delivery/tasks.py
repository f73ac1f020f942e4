"""Celery tasks of delivery; enqueue on commit and the periodic sweep run the same task."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.delivery import outbox


@shared_task
def deliver_due() -> int:
    """Deliver what is due. Enqueued when a delivery is written; swept every 10 s."""
    return outbox.deliver_due()


@shared_task
def forget_old_attempts() -> int:
    """Drop attempts past their 90 days. Runs every six hours."""
    return outbox.forget_old_attempts(now=time.now())

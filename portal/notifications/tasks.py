"""Celery tasks of notifications."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.notifications import digests


@shared_task
def put_due_digests() -> int:
    """Put the daily and weekly mails that are due on their way. Runs every 15 minutes."""
    return digests.put_due_digests(now=time.now())

"""Celery tasks of people and organizations."""

from __future__ import annotations

from celery import shared_task

from portal.accounts.services.addresses import forget_address_changes
from portal.accounts.services.sessions import forget_ended_sessions
from portal.core import time


@shared_task
def forget() -> int:
    """Delete what is kept for a while only. Runs once a day."""
    now = time.now()
    return forget_address_changes(now=now) + forget_ended_sessions(now=now)

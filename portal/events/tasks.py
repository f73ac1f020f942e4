"""Celery tasks: dispatch now, and the periodic sweep. The work itself is in the database."""

from __future__ import annotations

from celery import shared_task

from portal.events import dispatch


@shared_task
def dispatch_waiting() -> int:
    """Dispatch what waits. Enqueued when a publishing transaction commits."""
    return dispatch.run_pending(limit=2_000)


@shared_task
def sweep() -> int:
    """Find events whose wake-up was lost, and retry failed handlings. Runs every 10 s."""
    return dispatch.run_pending(limit=10_000)

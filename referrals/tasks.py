"""Periodic work: draining clicks, ending approved holds, retrying parked facts, keeping promises, checking the books."""

from __future__ import annotations

import os

from celery import shared_task

from portal.core import time
from referrals import books
from referrals.services import approvals, asks, clicks, facts


@shared_task(queue="default")
def drain_clicks() -> int:
    """Move clicks from the stream into PostgreSQL. Runs every 3 s; two at once share the work by the group."""
    return clicks.take_in_spool() + clicks.drain(consumer=f"worker-{os.getpid()}")


@shared_task(queue="default")
def end_holds() -> int:
    """Make approved rewards available whose hold is over. What nobody approved stays where it is."""
    return approvals.mature_due(now=time.now())


@shared_task(queue="default")
def retry_parked() -> int:
    """Try parked facts again: their prerequisite may have come by another way."""
    return facts.retry_parked(now=time.now())


@shared_task(queue="default")
def check_books() -> int:
    """Check every invariant and keep the result."""
    return books.record_check(now=time.now()).violations


@shared_task(queue="default")
def prune_clicks() -> int:
    """Delete raw clicks past their retention."""
    return clicks.prune(now=time.now())


@shared_task(queue="default")
def remind_unshared() -> int:
    """Remind, seldom, people of a link they never shared."""
    return asks.remind_unshared(now=time.now())

"""Periodic work: draining clicks, ending approved holds, retrying parked facts, keeping promises,
checking the books.
"""

from __future__ import annotations

import os

from celery import shared_task

from portal.core import time
from referrals import books
from referrals.services import (
    alarms,
    approvals,
    asks,
    clicks,
    facts,
    inbound,
    milestones,
    promises,
    reference_calls,
    retention,
    spread,
)


@shared_task(queue="default")
def drain_clicks() -> int:
    """Move clicks from the stream into PostgreSQL.

    Runs every 3 s; two at once share the work by the group.
    """
    return clicks.take_in_spool() + clicks.drain(consumer=f"worker-{os.getpid()}")


@shared_task(queue="default")
def end_holds() -> int:
    """Make approved rewards available whose hold is over.

    What nobody approved stays where it is.
    """
    return approvals.mature_due(now=time.now())


@shared_task(queue="default")
def keep_promises() -> dict[str, int]:
    """Write the automatic notes, warn of introductions that end and end those whose time is over.

    Pays nothing.
    """
    done = promises.keep_promises(now=time.now())
    done["calls_lapsed"] = reference_calls.lapse(now=time.now())
    return dict(done)


@shared_task(queue="default")
def retry_parked() -> int:
    """Try parked facts again: their prerequisite may have come by another way."""
    return facts.retry_parked(now=time.now())


@shared_task(queue="default")
def retry_inbound() -> int:
    """Process messages whose worker died, and those whose processing failed, when their time has
    come.
    """
    return inbound.retry_messages(now=time.now())


@shared_task(queue="default")
def alarm_parked() -> int:
    """Tell staff of facts that have waited for more than a day, once each."""
    return alarms.raise_alarms(now=time.now())


@shared_task(queue="default")
def prune_inbound() -> int:
    """Forget the content of old messages, imports and reference calls; put aside what nobody will
    ask for.
    """
    now = time.now()
    return (
        retention.forget_contents(now=now)
        + reference_calls.forget_closed(now=now)
        + alarms.let_go(now=now)
    )


@shared_task(queue="default")
def check_books() -> int:
    """Check every invariant and keep the result."""
    return books.record_check(now=time.now()).violations


@shared_task(queue="default")
def prune_clicks() -> int:
    """Delete raw clicks past their retention."""
    return clicks.prune(now=time.now())


@shared_task(queue="default")
def freshen_milestones() -> int:
    """Derive the milestones of what changed, so that the analytics find little to do."""
    return milestones.freshen_all()


@shared_task(queue="default")
def count_spread() -> None:
    """Count how introductions spread, so that nobody who opens the page has to wait for it."""
    spread.count_spread(now=time.now())


@shared_task(queue="default")
def remind_unshared() -> int:
    """Remind, seldom, people of a link they never shared."""
    return asks.remind_unshared(now=time.now())

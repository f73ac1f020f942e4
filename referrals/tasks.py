"""Celery tasks: drain clicks, end approved holds, retry deferred records, SLA job, ledger
checks.
"""

from __future__ import annotations

import os

from celery import shared_task

from portal.core import time
from referrals.services import reference_calls
from referrals.services.analytics import milestones, virality
from referrals.services.facts import record, stale_alerts
from referrals.services.intake import retention, webhooks
from referrals.services.introductions import sla_job
from referrals.services.links import clicks
from referrals.services.programs import asks
from referrals.services.rewards import approvals, ledger_checks


@shared_task
def drain_clicks() -> int:
    """Move clicks from the stream into PostgreSQL.

    Runs every 3 s; two at once share the work by the group.
    """
    return clicks.import_spool() + clicks.drain(consumer=f"worker-{os.getpid()}")


@shared_task
def end_reward_holds() -> int:
    """Make approved rewards available whose hold is over.

    Unapproved ones stay on hold.
    """
    return approvals.mature_due(now=time.now())


@shared_task
def enforce_sla() -> dict[str, int]:
    """Write the automatic notes, warn of introductions that end and end those whose time is over.

    Pays nothing.
    """
    done = sla_job.enforce_sla(now=time.now())
    done["calls_lapsed"] = reference_calls.lapse(now=time.now())
    return dict(done)


@shared_task
def retry_deferred() -> int:
    """Try parked facts again: their prerequisite may have come by another way."""
    return record.retry_deferred(now=time.now())


@shared_task
def retry_inbound() -> int:
    """Process messages whose worker died, and those whose processing failed, when their time has
    come.
    """
    return webhooks.retry_messages(now=time.now())


@shared_task
def alert_stale_records() -> int:
    """Alert staff of records that have waited for more than a day, once each."""
    return stale_alerts.raise_alarms(now=time.now())


@shared_task
def prune_inbound() -> int:
    """Delete the content of old messages, imports and reference calls; dismiss stale deferred
    records.
    """
    now = time.now()
    return (
        retention.forget_contents(now=now)
        + reference_calls.forget_closed(now=now)
        + stale_alerts.dismiss_stale(now=now)
    )


@shared_task
def check_ledger() -> int:
    """Check every invariant and keep the result."""
    return ledger_checks.record_check(now=time.now()).violations


@shared_task
def prune_clicks() -> int:
    """Delete raw clicks past their retention."""
    return clicks.prune(now=time.now())


@shared_task
def refresh_milestones() -> int:
    """Derive the milestones of what changed, so that the analytics find little to do."""
    return milestones.refresh_all()


@shared_task
def count_spread() -> None:
    """Count how introductions spread, so that nobody who opens the page has to wait for it."""
    virality.count_spread(now=time.now())


@shared_task
def remind_unshared() -> int:
    """Remind, seldom, people of a link they never shared."""
    return asks.remind_unshared(now=time.now())

"""Celery tasks: rules are evaluated every minute, teams get their digest in the morning."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.teams import digests
from portal.teams.services import evaluation


@shared_task
def sweep_rules() -> dict[str, int]:
    """Ask every rule, close what went away, bring back what was put off."""
    return dict(evaluation.sweep(now=time.now()))


@shared_task
def send_digests() -> int:
    """Queue the morning mails that are due."""
    return digests.put_due_digests(now=time.now())

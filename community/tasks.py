"""Celery tasks of the community."""

from __future__ import annotations

from celery import shared_task

from community.services import attachments
from portal.core import time


@shared_task
def remove_unused_attachments() -> int:
    """Delete pictures that no text came to show. Runs once a day."""
    return attachments.remove_unused(now=time.now())

"""Celery tasks of the community."""

from __future__ import annotations

from celery import shared_task

from community.services import attachments, rendering
from portal.core import time


@shared_task
def remove_unused_attachments() -> int:
    """Delete pictures that no text came to show. Runs once a day."""
    return attachments.remove_unused(now=time.now())


@shared_task
def render_outdated() -> int:
    """Render stored texts of an earlier renderer, or with a former name, anew. Runs once a minute;
    what is left waits for the next run.
    """
    done = 0
    for _round in range(20):
        batch = rendering.render_outdated()
        done += batch
        if batch == 0:
            break
    return done

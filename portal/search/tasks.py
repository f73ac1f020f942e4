"""The worker's side of indexing; the doorbell and the sweep are the same task."""

from __future__ import annotations

from celery import shared_task

from portal.search import services


@shared_task
def index_queued() -> int:
    """Index what is queued until nothing is left or 2,000 wishes are done.

    Rung by the listener; swept every 15 s.
    """
    done = 0
    while done < 2_000:
        taken = services.index_batch()
        done += taken
        if taken == 0:
            break
    return done

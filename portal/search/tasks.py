"""Celery task of indexing; enqueue on commit and the periodic sweep run the same task."""

from __future__ import annotations

from celery import shared_task

from portal.search import services


@shared_task
def index_queued() -> int:
    """Index queued objects until none are left or 2,000 are done.

    Enqueued by the listener; swept every 15 s. Documents cut in an older form are cut anew when
    nothing waits.
    """
    done = 0
    while done < 2_000:
        taken = services.index_batch()
        done += taken
        if taken == 0 and services.queue_outdated() == 0:
            break
    return done

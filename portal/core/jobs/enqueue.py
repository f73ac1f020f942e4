"""Best-effort enqueue: start a worker task once per transaction, on commit.

The work itself is in the database, so a lost call is harmless.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)


def enqueue_on_commit(task: Any) -> None:
    """Send `task` (no arguments) when the transaction commits; however often it is asked for, it is
    sent once.
    """
    key = f"enqueue:{task.name}"
    waiting = (entry[1] for entry in connection.run_on_commit)
    if any(getattr(call, "enqueue_key", None) == key for call in waiting):
        return

    def call() -> None:
        enqueue(task)

    call.enqueue_key = key  # type: ignore[attr-defined]
    transaction.on_commit(call, robust=True)


def enqueue(task: Any) -> None:
    """Send `task` now; the sweep finds what a lost call leaves."""
    if getattr(connection, "_enqueue_muted", False):
        return
    try:
        task.apply_async(expires=30, ignore_result=True)
    except Exception as error:  # best effort: the periodic task finds the work
        log.warning("enqueue_failed", error=str(error))

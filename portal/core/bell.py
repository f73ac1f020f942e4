"""The doorbell: asks a worker to look now, once per transaction.

What to do is in the database; a lost call is harmless.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)


def ring_on_commit(task: Any) -> None:
    """Send `task` (no arguments) when the transaction commits; however often it is asked for, it is
    sent once.
    """
    key = f"bell:{task.name}"
    waiting = (entry[1] for entry in connection.run_on_commit)
    if any(getattr(call, "bell", None) == key for call in waiting):
        return

    def call() -> None:
        ring(task)

    call.bell = key  # type: ignore[attr-defined]
    transaction.on_commit(call, robust=True)


def ring(task: Any) -> None:
    """Send `task` now; the sweep finds what a lost call leaves."""
    if getattr(connection, "_bell_muted", False):
        return
    try:
        task.apply_async(expires=30, ignore_result=True)
    except Exception as error:  # the broker is only a doorbell
        log.warning("bell_failed", error=str(error))

"""Best-effort enqueue: start a worker task once per transaction, on commit.

The work itself is in the database, so a lost call is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)


_muted: ContextVar[bool] = ContextVar("muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Send nothing in this thread meanwhile: whoever writes thousands of facts dispatches them."""
    before = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(before)


def enqueue_on_commit(task: Any) -> None:
    """Send `task` (no arguments) when the transaction commits; however often it is asked for, it is
    sent once.
    """
    call = _Call(task)
    if not any(entry[1] == call for entry in connection.run_on_commit):
        transaction.on_commit(call, robust=True)


@dataclass(frozen=True)
class _Call:
    """Sends its task; two calls of one task are equal."""

    task: Any

    def __call__(self) -> None:
        enqueue(self.task)


def enqueue(task: Any) -> None:
    """Send `task` now; the sweep finds what a lost call leaves."""
    if _muted.get():
        return
    try:
        task.apply_async(expires=30, ignore_result=True)
    except Exception as error:  # best effort: the periodic task finds the work
        log.warning("enqueue_failed", error=str(error))

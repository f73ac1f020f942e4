"""Best-effort enqueue: start a worker task once per transaction, on commit.

The work itself is in the database, so a lost call is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.utils.module_loading import import_string

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


def enqueue_on_commit(task: str, *args: int) -> None:
    """Send a task, named by its dotted path, when the transaction commits: once, however often it
    is asked for. By name, since tasks import the services that ask for them.
    """
    call = _Call(task, args)
    if not any(entry[1] == call for entry in connection.run_on_commit):
        transaction.on_commit(call, robust=True)


@dataclass(frozen=True)
class _Call:
    """Sends its task; two calls of one task with the same arguments are equal."""

    task: str
    args: tuple[int, ...]

    def __call__(self) -> None:
        enqueue(self.task, *self.args)


def enqueue(task: str, *args: int) -> None:
    """Send a task now, named by its dotted path; the sweep finds what a lost call leaves."""
    if _muted.get():
        return
    try:
        import_string(task).apply_async(args, expires=None if args else 30, ignore_result=True)
    except Exception as error:  # best effort: the periodic task finds the work
        log.warning("enqueue_failed", task=task, error=str(error))

"""History: what happened long before it was recorded, and everything an import brings.

It is counted where it happened, and it is silent: no notification, no signal, no delivery, no due
time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

# Systems that were down over a long weekend still report the present.
LIMIT: Final = timedelta(days=7)

_importing: ContextVar[bool] = ContextVar("importing", default=False)


@contextmanager
def importing() -> Iterator[None]:
    """Everything published inside is history, however recent it is."""
    token = _importing.set(True)
    try:
        yield
    finally:
        _importing.reset(token)


def is_importing() -> bool:
    """Say whether history is being recorded now."""
    return _importing.get()


def is_history(occurred_at: datetime, now: datetime) -> bool:
    """Say whether something that is recorded `now` is history."""
    return _importing.get() or now - occurred_at > LIMIT

"""Sending mail: hands mails to a transport that keeps them until they have arrived.

The transport is injected (portal.wiring).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol


class Enqueue(Protocol):
    """Writes one mail in the caller's transaction, once for ever per person and key."""

    def __call__(
        self,
        *,
        user_id: int,
        key: str,
        body: dict[str, Any],
        now: datetime,
        send_at: datetime | None = None,
    ) -> object: ...


_enqueue: list[Callable[..., object]] = []


def register_outbox(enqueue: Enqueue) -> None:
    """Put in what keeps mails."""
    _enqueue[:] = [enqueue]


def put(
    *, user_id: int, key: str, body: dict[str, Any], now: datetime, send_at: datetime | None = None
) -> None:
    """Put a mail on its way, to leave at once or not before `send_at`."""
    if _enqueue:
        _enqueue[0](user_id=user_id, key=key, body=body, now=now, send_at=send_at)

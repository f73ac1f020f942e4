"""Sending mail: hands mails to a transport that keeps them until they have arrived.

The transport is injected (portal.wiring).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from portal.core.registry import Registry


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


_outboxes: Registry[str, Enqueue] = Registry("outbox of mails")


def register_outbox(enqueue: Enqueue) -> None:
    """Put in what keeps mails."""
    _outboxes.register("mail", enqueue)


def put(
    *, user_id: int, key: str, body: dict[str, Any], now: datetime, send_at: datetime | None = None
) -> None:
    """Put a mail on its way, to leave at once or not before `send_at`."""
    enqueue = _outboxes.get("mail")
    if enqueue is not None:
        enqueue(user_id=user_id, key=key, body=body, now=now, send_at=send_at)

"""The channels: one module each, `send(message) -> Answer`.

A new one: write the module, add it to `send` and to Destination.Kind, and give it a test beside the
others'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.delivery.retry import Answer


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel needs, free of the database: the call happens outside any transaction."""

    kind: str
    id: str
    body: dict[str, Any]
    now: datetime
    url: str = ""
    secrets: tuple[str, ...] = ()
    user_id: int | None = None
    more: tuple[dict[str, Any], ...] = field(default=())  # bodies sent along in one chat message

    @property
    def bodies(self) -> tuple[dict[str, Any], ...]:
        return (self.body, *self.more)


def send(message: Message) -> Answer:
    """Send through the channel of the message's kind."""
    from portal.delivery.channels import email, slack, teams, webhook  # they import each other

    senders: dict[str, Callable[[Message], Answer]] = {
        "webhook": webhook.send,
        "slack": slack.send,
        "teams": teams.send,
        "email": email.send,
    }
    return senders[message.kind](message)

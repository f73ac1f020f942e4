"""The channels: how a message leaves. Each declares itself as a `Channel`, registered from
AppConfig.ready(); an app above adds one without touching this folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from portal.core.registry import Registry
from portal.delivery.retry import Answer

NAME = re.compile(r"^[a-z][a-z0-9_]{0,29}$")  # fits Destination.kind


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


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way out.

    `send` makes the call, outside any transaction, and answers how it ended; whatever it raises is
    recorded and tried again. A chat takes one message a second and gets many as one (`more`). A
    signed channel has a secret of ours for each destination. One that is `addressed` can be added
    as a destination; mail goes to people instead.
    """

    name: str
    label: str | Promise
    send: Callable[[Message], Answer]
    is_chat: bool = False
    is_signed: bool = False
    is_addressed: bool = True
    icon: str = "messages-square"


CHANNELS: Registry[str, Channel] = Registry("delivery channel")


def register(channel: Channel) -> None:
    """Add a channel; called from AppConfig.ready()."""
    if not NAME.match(channel.name):
        raise ValueError(f"{channel.name!r} is not a short lower-case name")
    CHANNELS.register(channel.name, channel)


def choices() -> list[tuple[str, str | Promise]]:
    """Return the channels a destination may be added for."""
    return [(each.name, each.label) for each in CHANNELS if each.is_addressed]


def signed() -> list[str]:
    """Return the names of the channels that sign with a secret of ours."""
    return [each.name for each in CHANNELS if each.is_signed]


def send(message: Message) -> Answer:
    """Send through the channel of the message's kind."""
    channel = CHANNELS.get(message.kind)
    if channel is None:
        return Answer(error=f"no channel {message.kind!r} is installed")
    return channel.send(message)

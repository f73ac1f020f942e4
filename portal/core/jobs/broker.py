"""Celery's Redis transport, fixed: a channel whose connection is gone raises an error Celery
recovers from.

Kombu's own raises AttributeError there: a worker that held unacknowledged tasks while its broker
was killed ended ("Unrecoverable error") instead of reconnecting. Nothing is lost by not restoring
those tasks by hand: tasks are only wake-ups, and the broker redelivers them after their visibility
time-out.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as BrokerGone


class Channel(kombu_redis.Channel):
    """A Redis channel that never looks for the address of a connection already given up."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise BrokerGone("the connection to the broker is closed")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # the stubs leave it out


class Transport(kombu_redis.Transport):
    """Kombu's Redis transport with that channel."""

    Channel = Channel


def install() -> None:
    """Let every redis:// address use this transport.

    Called before the Celery application opens a connection.
    """
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"

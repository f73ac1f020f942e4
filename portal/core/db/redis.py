"""The process's Redis connection pool for everything but the cache: rate limits, streams,
heartbeats.
"""

from __future__ import annotations

import socket
import struct
import threading
from functools import cache
from typing import Any

import redis
from django.conf import settings


@cache
def connection() -> redis.Redis:
    """Return the process-wide Redis client. Calls raise redis.RedisError when it is unreachable."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


_own = threading.local()
PATIENCE = 2.0  # seconds


def own_connection() -> redis.Redis:
    """Return a client with one connection of this thread's own: where taking one from the pool is a
    third of the call.
    """
    client: redis.Redis | None = getattr(_own, "client", None)
    if client is None:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=PATIENCE,
            socket_connect_timeout=1,
            single_connection_client=True,
            redis_connect_func=_greet,
        )
        _own.client = client
    return client


def _greet(made: Any) -> None:
    """Greet Redis as usual; from then on the kernel ends a wait.

    Python's own time-out polls before every send and read.
    """
    made.on_connect()
    whole, part = divmod(PATIENCE, 1)
    wait = struct.pack("ll", int(whole), int(part * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        made._sock.setsockopt(socket.SOL_SOCKET, option, wait)  # noqa: SLF001  redis-py hands its socket to nobody
    made._sock.settimeout(None)  # noqa: SLF001  no public way in

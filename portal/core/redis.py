"""The one Redis connection pool of a process, for what is not the cache: rate limits, streams, heartbeats."""

from __future__ import annotations

import threading
from functools import cache

import redis
from django.conf import settings


@cache
def connection() -> redis.Redis:
    """Return the process-wide Redis client. Calls raise redis.RedisError when it is unreachable."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


_own = threading.local()


def own_connection() -> redis.Redis:
    """Return a client with one connection of this thread's own: where taking one from the pool is a third of the call."""
    client: redis.Redis | None = getattr(_own, "client", None)
    if client is None:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, single_connection_client=True
        )
        _own.client = client
    return client

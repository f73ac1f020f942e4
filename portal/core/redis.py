"""The one Redis connection pool of a process, for what is not the cache: rate limits, streams, heartbeats."""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings


@cache
def connection() -> redis.Redis:
    """Return the process-wide Redis client. Calls raise redis.RedisError when it is unreachable."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)

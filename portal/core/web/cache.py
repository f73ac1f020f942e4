"""The shared cache, which may fail at any moment without failing a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")


class ForgivingRedisCache(RedisCache):
    """A Redis cache that answers as an empty one when Redis is down: pages still read and post,
    only slower.

    Rate limits kept in it (allauth's) are off meanwhile: people can log in, and the log says so.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _forgive(
            "get", default, lambda: super(ForgivingRedisCache, self).get(key, default, version)
        )

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return _forgive(
            "get_many", {}, lambda: super(ForgivingRedisCache, self).get_many(keys, version)
        )

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return _forgive(
            "has_key", False, lambda: super(ForgivingRedisCache, self).has_key(key, version)
        )

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Nothing is in the way of whoever asks whether they are the first."""
        return _forgive(
            "add",
            True,
            lambda: bool(super(ForgivingRedisCache, self).add(key, value, timeout, version)),
        )

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        _forgive(
            "set", None, lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version)
        )

    def set_many(
        self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        return _forgive(
            "set_many",
            list(data),
            lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version),
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _forgive(
            "touch",
            False,
            lambda: bool(super(ForgivingRedisCache, self).touch(key, timeout, version)),
        )

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """What an empty cache would count."""
        return _forgive(
            "incr", delta, lambda: super(ForgivingRedisCache, self).incr(key, delta, version)
        )

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _forgive(
            "delete", False, lambda: bool(super(ForgivingRedisCache, self).delete(key, version))
        )

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        _forgive(
            "delete_many", None, lambda: super(ForgivingRedisCache, self).delete_many(keys, version)
        )


def _forgive(operation: str, otherwise: T, ask: Callable[[], Any]) -> T:
    try:
        answer: T = ask()
    except (RedisError, OSError) as error:
        log.warning("cache_unreachable", operation=operation, error=str(error))
        return otherwise
    return answer

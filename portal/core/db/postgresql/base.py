"""Django's PostgreSQL backend. Its pool waits for a connection as long when the server is gone as
when all connections are taken; here the former is said at once.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

import psycopg
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolTimeout

LOOK = 0.25  # seconds between two looks whether connecting fails


class Unreachable(psycopg.OperationalError):
    """The server does not take connections now."""


class QuickPool(ConnectionPool[psycopg.Connection[Any]]):
    """A pool that gives up waiting when its attempts to connect fail."""

    failing = False

    def _connect(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        try:
            made = super()._connect(timeout)
        except Exception:
            self.failing = True
            raise
        self.failing = False
        return made

    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        patience = self.timeout if timeout is None else timeout
        give_up = time.monotonic() + patience
        while True:
            left = max(give_up - time.monotonic(), 0.001)
            try:
                return super().getconn(min(LOOK, left))
            except PoolTimeout:
                if self.failing:
                    raise Unreachable("the server does not take connections") from None
                if time.monotonic() >= give_up:
                    raise


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with that pool."""

    _connection_pools: ClassVar[dict[str, Any]]
    _configure_connection: Any

    @property
    def pool(self) -> QuickPool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            made = QuickPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,
                **options,
            )
            self._connection_pools.setdefault(self.alias, made)
        pool: QuickPool = self._connection_pools[self.alias]
        return pool


def is_gone(error: BaseException | None) -> bool:
    """Does this error of Django's say that PostgreSQL cannot be reached, starts or stops?"""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P")) or state == "53300"

"""Both embedded servers together: started, stopped in order, and their two URLs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.dev.embedded.errors import CannotStart
from portal.dev.embedded.folders import locked, prepare, socket_folder
from portal.dev.embedded.postgres import Postgres
from portal.dev.embedded.server import Server
from portal.dev.embedded.valkey import Valkey


class Services:
    """PostgreSQL and Valkey under one data folder, leaving out what the environment already
    names.
    """

    def __init__(
        self, data: Path, *, durable: bool = True, database: str = "hazumi", reuse: bool = True
    ) -> None:
        self.data = data.resolve()
        self.database = database
        self.postgres = (
            None
            if reuse and os.environ.get("DATABASE_URL")
            else Postgres(self.data, durable=durable)
        )
        self.valkey = (
            None if reuse and os.environ.get("REDIS_URL") else Valkey(self.data, durable=durable)
        )

    @property
    def servers(self) -> list[Server]:
        return [server for server in (self.postgres, self.valkey) if server is not None]

    @property
    def environment(self) -> dict[str, str]:
        """What every process that uses these services needs in its environment."""
        return {
            "DATABASE_URL": self.postgres.url(self.database)
            if self.postgres
            else os.environ["DATABASE_URL"],
            "REDIS_URL": self.valkey.url() if self.valkey else os.environ["REDIS_URL"],
            "HAZUMI_DATA_DIR": str(self.data),
        }

    def start(self) -> None:
        prepare(self.data)
        if self.postgres is None:
            check_database(os.environ["DATABASE_URL"])
        if self.valkey is None:
            check_redis(os.environ["REDIS_URL"])
        for server in self.servers:
            server.start()
        if self.postgres:
            self.postgres.create_database(self.database)

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()


def check_database(url: str) -> None:
    """Raise CannotStart with the reason when the database the environment names does not let us
    in.
    """
    import psycopg  # starting the servers must not wait for it

    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.Error as problem:
        reason = (str(problem).strip().splitlines() or ["no reason given"])[-1].strip()
        raise CannotStart(
            f"The database of DATABASE_URL cannot be used ({reason}). Start it, make the "
            "database and its user, or "
            "mend the address; without DATABASE_URL Hazumi starts its own."
        ) from None


def check_redis(url: str) -> None:
    """Raise CannotStart with the reason when the Redis the environment names does not answer."""
    import redis  # starting the servers must not wait for it

    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=5, socket_timeout=5, protocol=2
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as problem:
        raise CannotStart(
            f"The Redis of REDIS_URL cannot be used ({problem}). Start it or mend the address; "
            "without REDIS_URL Hazumi starts its own Valkey."
        ) from None


@contextmanager
def running(
    data: Path | None = None,
    *,
    durable: bool = True,
    database: str = "hazumi",
    like: Path | None = None,
) -> Iterator[Services]:
    """Run separate services for the duration of the block; without a folder, in a temporary one
    that is removed.

    `like` is the folder of stopped services whose PostgreSQL data the new ones start from.
    DATABASE_URL and REDIS_URL of the environment are ignored. Raises CannotStart.
    """
    with ExitStack() as stack:
        if data is None:
            data = Path(tempfile.mkdtemp(prefix="hazumi-"))
            stack.callback(shutil.rmtree, data, ignore_errors=True)
        services = Services(data, durable=durable, database=database, reuse=False)
        run = socket_folder(services.data)
        if run.parent != services.data and not durable:
            stack.callback(shutil.rmtree, run, ignore_errors=True)
        prepare(services.data)
        if like is not None:
            shutil.copytree(like / "postgres", services.data / "postgres", dirs_exist_ok=True)
        stack.enter_context(locked(services.data))
        stack.callback(services.stop)
        services.start()
        yield services

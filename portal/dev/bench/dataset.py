"""Creates the generated data set, or reuses the existing one.

A complete set is marked by a comment on the database.
"""

from __future__ import annotations

import hashlib
import pickle
import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import autodiscover_modules
from psycopg import sql

from portal.dev import bench_registry
from portal.dev.bench import people
from portal.dev.bench_registry import BenchWorld, Request, Scenario, Size

SEED = 20_261_122
VERSION = 1  # goes up when the same seed would make another set


@cache
def discover() -> None:
    """Let every app register its part: `<app>/bench` is imported here and nowhere else, so no other
    process pays.
    """
    bench_registry.register_load("people", order=10, load=people.load)
    bench_registry.register_scenario(
        Scenario("home", "home", lambda world: [Request("/")], order=5)
    )
    autodiscover_modules("bench")


def new_world(size: Size, say: Callable[[str], None], *, now: datetime) -> BenchWorld:
    """An empty world; what scenarios need to know of the set goes into `made["facts"]`, plain
    values only.
    """
    dice = random.Random(SEED)  # noqa: S311  a repeatable set, no secret
    return BenchWorld(size=size, now=now, dice=dice, say=say, made={"facts": {}})


def fill(world: BenchWorld) -> None:
    """Run every part's loading."""
    for name, load in bench_registry.loads():
        world.say(f"loading {name} …")
        load(world)


def ready(size: Size, say: Callable[[str], None]) -> BenchWorld:
    """Return the world of a database that holds the whole set, loading it when it does not."""
    call_command("migrate", verbosity=0, interactive=False)
    mark = _mark(size)
    note = settings.HAZUMI_DATA_DIR / f"facts-{size.name}.pickle"
    if _comment() == mark and note.exists():
        say(f"the set of {size.posts:,} posts is there already")
        now, facts = pickle.loads(note.read_bytes())  # noqa: S301  our own file in our own folder
        world = new_world(size, say, now=now)
        world.made["facts"] = facts
        return world
    _fresh()
    world = new_world(
        size, say, now=datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        fill(world)
    say("VACUUM ANALYZE …")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")
    note.write_bytes(pickle.dumps((world.now, world.made["facts"])))
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {connection.ops.quote_name(_database())} IS '{mark}'")
    return world


def _mark(size: Size) -> str:
    applied = sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )
    return hashlib.sha256(f"{VERSION} {size} {applied}".encode()).hexdigest()


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _comment() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
            "current_database()"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _fresh() -> None:
    """Drop the database, whatever a broken-off load or an older schema left, and make it anew."""
    name = sql.Identifier(_database())
    parameters = connection.get_connection_params()
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone
    where = {
        key: parameters[key] for key in ("host", "port", "user", "password") if key in parameters
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as elsewhere:
        elsewhere.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        elsewhere.execute(sql.SQL("CREATE DATABASE {}").format(name))
    call_command("migrate", verbosity=0, interactive=False)

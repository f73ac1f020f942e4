"""One database per test process, copied from the migrated template.

Registered in conftest, after pytest-django.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Instead of pytest-django's: this process's database is a copy of the one migrated template,
    made in a moment.

    The whole cluster is thrown away at the end, so nothing is dropped here.
    """
    from django.db import DEFAULT_DB_ALIAS, connection, connections  # before Django is set up

    url = os.environ["DATABASE_URL"]
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as admin:
        template = sql.Identifier(url.rpartition("/")[2])
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template)
        )
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = name
        yield
        connections[DEFAULT_DB_ALIAS].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database where threads see each other's commits; afterwards every table that was empty is
    empty again.

    Django's own way (TRUNCATE) is refused by the append-only tables, as it should be.
    """
    from django.db import connection  # before Django is set up

    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = {row[0] for row in cursor.fetchall()}
        full = _filled(tables)
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table in _filled(tables - full):
                cursor.execute(f'DELETE FROM "{table}"')
            cursor.execute("SET session_replication_role = origin")
        connection.close()


def _filled(tables: set[str]) -> set[str]:
    """Return those of the tables that hold anything, in one query."""
    one = " UNION ALL ".join(
        f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in sorted(tables)
    )
    from django.db import connection  # before Django is set up

    with connection.cursor() as cursor:
        cursor.execute(one)
        return {row[0] for row in cursor.fetchall()}

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

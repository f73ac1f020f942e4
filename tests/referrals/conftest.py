"""Fixtures for tests of introductions: a program with rules, and a database that really commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from referrals.models import InboundSource, Program
from referrals.services.links.links import link_for
from tests.people import NOW
from tests.referrals.made import make_program
from tests.referrals.senders import make_source


@pytest.fixture
def program(db: Any) -> Program:
    return make_program()


@pytest.fixture
def code(program: Program, aki: Any) -> str:
    """The code of Aki's link."""
    return link_for(user=aki, program=program, now=NOW).code


@pytest.fixture
def stripe(program: Program, kato: Any) -> InboundSource:
    """A Stripe account that reports the program's sales."""
    return make_source("stripe", program, kato)[0]


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database where threads see each other's commits; afterwards every table that was empty is
    empty again.

    Django's own way (TRUNCATE) is refused by the append-only tables, as it should be.
    """
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
    with connection.cursor() as cursor:
        cursor.execute(one)
        return {row[0] for row in cursor.fetchall()}

"""Named locks that last until the transaction ends: for what has no row that could be locked."""

from __future__ import annotations

from django.db import connection


def lock_number(namespace: int, number: int) -> None:
    """Hold the lock of a number; whoever else asks for it waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [namespace, number % 2_000_000_000])


def lock_name(namespace: int, name: str) -> None:
    """Hold the lock of a name; whoever else asks for it waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, namespace])


def try_name(namespace: int, name: str) -> bool:
    """Hold the lock of a name, unless somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [name, namespace]
        )
        return bool(cursor.fetchone()[0])

"""Prepared statements for frequent queries: PostgreSQL parses and plans them once per connection.

Only for statements whose best plan does not depend on the values: where the values decide how many
rows there are (a searched word, a tag), a generic plan is worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import connection

OFTEN: Final = 3
KEPT: Final = (
    500  # statements kept per connection; psycopg's default of 100 is fewer than we use often
)


@contextmanager
def prepared(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> Iterator[Any]:
    """Execute a statement that is kept prepared, and hand out the cursor to fetch from."""
    with connection.cursor() as cursor:
        raw: Any = connection.connection
        before = raw.prepare_threshold
        if settings.DATABASE_PREPARED:
            raw.prepare_threshold, raw.prepared_max = 0, KEPT
        try:
            cursor.execute(sql, parameters)
        finally:
            raw.prepare_threshold = before
        yield cursor


def change(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> int:
    """Execute a statement that is kept prepared and returns no rows; return how many it changed."""
    with prepared(sql, parameters) as cursor:
        return int(cursor.rowcount)


@contextmanager
def auto_prepare() -> Iterator[None]:
    """Keep every statement prepared that is asked a few times: for a long run of the same acts on
    this connection.
    """
    connection.ensure_connection()
    raw: Any = connection.connection
    before = raw.prepare_threshold
    if settings.DATABASE_PREPARED:
        raw.prepare_threshold, raw.prepared_max = OFTEN, KEPT
    try:
        yield
    finally:
        raw.prepare_threshold = before

"""Compiled INSERT statements, once per model: like `save(force_insert=True)`, or with ON CONFLICT
DO NOTHING.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, GeneratedField, Model

from portal.core.db.prepared_statements import prepared


def insert(row: Model) -> None:
    """Write a new row; its key and what the database works out come back with it.

    Sends no signals.
    """
    values = _insert(row, "")
    assert values is not None
    _take(row, values)


def insert_once(row: Model) -> bool:
    """Write a new row unless one of the table's unique rules knows it; one statement, no savepoint.

    Says whether it did.
    """
    values = _insert(row, "ON CONFLICT DO NOTHING")
    if values is None:
        return False
    _take(row, values)
    return True


def _insert(row: Model, on_conflict: str) -> Sequence[Any] | None:
    begin, end, fields = _statement(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with prepared(f"{begin} {on_conflict} {end}", values) as cursor:
        found: Sequence[Any] | None = cursor.fetchone()
    return found


def _take(row: Model, values: Sequence[Any]) -> None:
    for field, value in zip(_returned(type(row)), values, strict=True):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  no public way in


def _returned(model: type[Model]) -> list[Field[Any, Any]]:
    """Return what the database works out; a model whose key is another's has nothing but that."""
    meta = model._meta  # noqa: SLF001  as Django's own insert does
    return [*meta.db_returning_fields] or [meta.pk]


@cache
def _statement(model: type[Model]) -> tuple[str, str, list[Field[Any, Any]]]:
    meta, quote = model._meta, connection.ops.quote_name  # noqa: SLF001  Django's documented one
    fields = [
        each
        for each in meta.concrete_fields
        if each is not meta.auto_field and not isinstance(each, GeneratedField)
    ]
    names = ", ".join(quote(str(each.column)) for each in fields)
    given = ", ".join(quote(str(each.column)) for each in _returned(model))
    marks = ", ".join(["%s"] * len(fields))
    begin = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608  names of our own tables
    return begin, f"RETURNING {given}", fields

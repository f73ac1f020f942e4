"""Keyset pagination, never OFFSET: page 5,000 costs what page 1 costs.

The cursor is opaque and signed.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

Item = TypeVar("Item", bound=Model)
Order: TypeAlias = tuple[str, ...]
Key: TypeAlias = Sequence[Any]
Ask: TypeAlias = Callable[[Order, "Key | None", int], list[Item]]
SALT = "hazumi.page"


class BadCursor(ValueError):
    """The cursor was not made here, or for another order."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, with the cursors of its neighbours where there are any."""

    items: list[Item]
    next_cursor: str | None = None
    previous_cursor: str | None = None


def page_by_key(
    queryset: QuerySet[Item],
    *,
    order: Order,
    cursor: str | None = None,
    size: int = 20,
    strict: bool = False,
) -> Page[Item]:
    """Return the page of `queryset` in `order` that `cursor` points to; the last field of `order`
    must be unique.

    Fields of the order must not be null. A cursor that cannot be read gives the first page, or
    `BadCursor` if `strict`.
    """

    def ask(direction: Order, key: Key | None, limit: int) -> list[Item]:
        return list(after(queryset, direction, key)[:limit])

    return page_of(ask, order=order, cursor=cursor, size=size, strict=strict)


def page_of(
    ask: Ask[Item], *, order: Order, cursor: str | None = None, size: int = 20, strict: bool = False
) -> Page[Item]:
    """The same, where `ask(direction, key, limit)` fetches the rows that come after `key` (None:
    from the beginning).
    """
    back, key = False, None
    if cursor:
        try:
            back, key = _decode(cursor, order)
        except BadCursor:
            if strict:
                raise
    rows = ask(tuple(_turned(name) for name in order) if back else order, key, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page([])
    has_next, has_previous = (True, more) if back else (more, key is not None)
    return Page(
        rows,
        _encode(rows[-1], order, back=False) if has_next else None,
        _encode(rows[0], order, back=True) if has_previous else None,
    )


def after(queryset: QuerySet[Item], direction: Order, key: Key | None) -> QuerySet[Item]:
    """Return the rows of `queryset` in this direction that come after `key`."""
    found = queryset.order_by(*direction)
    return found if key is None else found.filter(_after(direction, key))


def cursor_after(row: Model, order: Order) -> str:
    """Return the cursor of the page that begins after `row`."""
    return _encode(row, order, back=False)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(order: Order, key: Key) -> Q:
    """Build `a <= x AND (a < x OR (a = x AND (b < y ...)))`; the first term is what lets an index
    start there.
    """
    condition = Q()
    for name, value in reversed(list(zip(order, key, strict=True))):
        field, word = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        beyond = Q(**{f"{field}__{word}": value})
        condition = beyond | (Q(**{field: value}) & condition) if condition else beyond
    first = order[0]
    field, word = (first[1:], "lte") if first.startswith("-") else (first, "gte")
    return Q(**{f"{field}__{word}": key[0]}) & condition


def _encode(row: Model, order: tuple[str, ...], *, back: bool) -> str:
    values = [_plain(_value(row, name.lstrip("-"))) for name in order]
    text = json.dumps([int(back), *values], separators=(",", ":"), ensure_ascii=False)
    signed = _signer(order).sign(text)
    return urlsafe_b64encode(signed.encode()).decode().rstrip("=")


def _decode(cursor: str, order: Order) -> tuple[bool, list[Any]]:
    try:
        signed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        back, *values = json.loads(_signer(order).unsign(signed))
        key = [_revived(value) for value in values]
    except (BadSignature, ValueError, TypeError) as error:
        raise BadCursor("This page address cannot be read.") from error
    if len(key) != len(order):
        raise BadCursor("This page address belongs to another list.")
    return bool(back), key


def _signer(order: Order) -> Signer:
    return Signer(salt=f"{SALT}:{','.join(order)}", sep="~")


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "isoformat"):
        return {"t": value.isoformat()}
    return str(value)


def _revived(value: Any) -> Any:
    if isinstance(value, dict):
        return parse_datetime(value["t"]) or value["t"]
    return value

"""Who carries the mark of staff beside their name. The layer that knows the staff says so here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_lookups: list[Callable[[], frozenset[int]]] = []


def register_staff_lookup(ids: Callable[[], frozenset[int]]) -> None:
    """Put in what returns the ids of everybody with the mark."""
    _lookups[:] = [ids]


def is_marked(user: Any) -> bool:
    """Say whether a person's name carries the mark."""
    pk = getattr(user, "pk", None)
    return bool(_lookups) and isinstance(pk, int) and pk in _lookups[0]()

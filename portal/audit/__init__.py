"""Audit log of staff actions: append-only, hash-chained, protected by the database itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.audit.services import record

__all__ = ["record"]


def __getattr__(name: str) -> Any:
    if (
        name == "record"
    ):  # services need models, which are not loaded when an AppConfig imports this package
        from portal.audit.services import record  # services need models

        return record
    raise AttributeError(name)

"""The privacy registry: every app with personal data registers export, erasure and deactivation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.core.registry import Registry

Exporter = Callable[[User], Iterable[dict[str, Any]]]
Eraser = Callable[[User, datetime], None]

_exporters: Registry[str, Exporter] = Registry("privacy exporter")
_erasers: Registry[str, Eraser] = Registry("privacy eraser")
_off_boarders: Registry[str, Eraser] = Registry("off-boarder")


def register_exporter(name: str, exporter: Exporter) -> None:
    """Add a section to the export; each row is a plain dictionary."""
    _exporters.register(name, exporter)


def register_eraser(name: str, eraser: Eraser) -> None:
    """Add what must go (or lose its name) when a person is erased; runs in the erasing
    transaction.
    """
    _erasers.register(name, eraser)


def register_deactivation_handler(name: str, off_boarder: Eraser) -> None:
    """Add what must stop at once when a person is switched off (keys, drafts in flight, mail)."""
    _off_boarders.register(name, off_boarder)


def erasers() -> list[Eraser]:
    return list(_erasers)


def deactivation_handlers() -> list[Eraser]:
    return list(_off_boarders)


def export(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return everything kept about a person, by section."""
    own = {
        "email": user.email,
        "display_name": user.display_name,
        "furigana": user.furigana,
        "bio": user.bio,
        "job_title": user.job_title,
        "language": user.language,
        "time_zone": user.time_zone,
        "theme": user.theme,
        "picture": user.avatar.url if user.avatar else "",
        "date_joined": user.date_joined,
    }
    memberships = [
        {
            "organization": row.organization.name,
            "role": row.role,
            "started_at": row.started_at,
            "ended_at": row.ended_at,
        }
        for row in user.memberships.select_related("organization")
    ]
    sections = {
        name: [dict(row) for row in exporter(user)] for name, exporter in _exporters.items()
    }
    return {"profile": [own], "memberships": memberships, **sections}

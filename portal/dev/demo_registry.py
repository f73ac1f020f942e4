"""The demo registry: every app adds its part of one believable company's history."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.core.registry import Registry


@dataclass
class DemoWorld:
    """What the parts of the demo share: a fixed clock, a seeded dice, and what was made so far by
    name.
    """

    start: datetime
    end: datetime
    dice: random.Random
    made: dict[str, Any] = field(default_factory=dict)


Create = Callable[[DemoWorld], None]
_parts: Registry[str, tuple[int, Create]] = Registry("part of the demo")
_removers: Registry[str, Callable[[], int]] = Registry("remover of the demo")
_logins: Registry[str, str] = Registry("log-in of the demo")


def register(name: str, *, order: int, create: Create) -> None:
    """Add a part of the demo; called from AppConfig.ready(). Parts run in `order`."""
    _parts.register(name, (order, create))


def parts() -> list[tuple[str, Create]]:
    """Return the parts in the order they are loaded."""
    return [
        (name, create) for name, (_, create) in sorted(_parts.items(), key=lambda row: row[1][0])
    ]


def register_remover(name: str, remove: Callable[[], int]) -> None:
    """Add what takes a part away where deleting the sample's people and companies does not; it
    answers how many rows.
    """
    _removers.register(name, remove)


def removers() -> list[Callable[[], int]]:
    return list(_removers)


def register_login(line: str) -> None:
    """Add one line on who can log in with what, printed when everything is up."""
    _logins.register(line, line)


def logins() -> list[str]:
    """Return the lines of the sample log-ins."""
    return list(_logins)

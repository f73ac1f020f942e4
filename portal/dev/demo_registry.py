"""The demo registry: every app adds its part of one believable company's history."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from portal.core.registry import Registry

if TYPE_CHECKING:
    from portal.dev.sample_removal import Removal


@dataclass
class DemoWorld:
    """What the parts of the demo share: a fixed clock, a seeded dice, and what was made so far by
    name.
    """

    start: datetime
    end: datetime
    dice: random.Random
    is_small: bool = False  # a tenth of the people and questions
    made: dict[str, Any] = field(default_factory=dict)


Create = Callable[[DemoWorld], None]
Remove = Callable[["Removal"], None]
_parts: Registry[str, tuple[int, Create]] = Registry("part of the demo")
_removers: Registry[str, Remove] = Registry("remover of the demo")
_settlers: Registry[str, Remove] = Registry("settler of the demo")
_nouns: Registry[str, type[Model]] = Registry("noun of the demo")
_logins: Registry[str, str] = Registry("log-in of the demo")


def register(name: str, *, order: int, create: Create) -> None:
    """Add a part of the demo; called from AppConfig.ready(). Parts run in `order`."""
    _parts.register(name, (order, create))


def parts() -> list[tuple[str, Create]]:
    """Return the parts in the order they are loaded."""
    return [
        (name, create) for name, (_, create) in sorted(_parts.items(), key=lambda row: row[1][0])
    ]


def register_remover(name: str, remove: Remove) -> None:
    """Add what takes a part away before the sample's people and companies are deleted."""
    _removers.register(name, remove)


def removers() -> list[Remove]:
    return list(_removers)


def register_settler(name: str, settle: Remove) -> None:
    """Add what brings counters and rows without foreign keys in line when everything else has
    gone.
    """
    _settlers.register(name, settle)


def settlers() -> list[Remove]:
    return list(_settlers)


def register_noun(noun: str, model: type[Model]) -> None:
    """Say how events name a model, where that is not its own name: "told" for CustomerUpdate."""
    _nouns.register(noun, model)


def nouns_of(model: type[Model]) -> list[str]:
    """Return the names events and documents use for a model."""
    own = model._meta.model_name or ""  # noqa: SLF001  its documented name
    return [own, *(noun for noun, named in _nouns.items() if named is model)]


def register_login(line: str) -> None:
    """Add one line on who can log in with what, printed when everything is up."""
    _logins.register(line, line)


def logins() -> list[str]:
    """Return the lines of the sample log-ins."""
    return list(_logins)

"""The fault-test registry: an app may register a fault test.

`manage.py drill NAME` runs it.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.core.registry import Registry

Say = Callable[[str], None]


@dataclass(frozen=True)
class Drill:
    """A rehearsal: its options, and what it does. `run` returns the number of broken invariants."""

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[dict[str, Any], Say], int]


_drills: Registry[str, Drill] = Registry("drill")


def register(
    name: str,
    *,
    help: str,  # noqa: A002  the word argparse uses for it
    run: Callable[[dict[str, Any], Say], int],
    add_arguments: Callable[[ArgumentParser], None] = lambda parser: None,
) -> None:
    """Add a drill; called from AppConfig.ready()."""
    _drills.register(name, Drill(name, help, add_arguments, run))


def drills() -> list[Drill]:
    """Return the drills by name."""
    return [row for _, row in sorted(_drills.items())]

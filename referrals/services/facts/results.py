"""The possible results of applying an inbound record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Applied:
    """The fact took effect. `wakes` are the keys that parked facts may be waiting for."""

    result: dict[str, Any]
    wakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parked:
    """The fact lacks a prerequisite."""

    waits_for: str


@dataclass(frozen=True)
class Review:
    """Needs manual review: the record contradicts what is known."""

    reason: str


class Again(RuntimeError):
    """The prerequisite arrived between two looks; the whole transaction is repeated."""

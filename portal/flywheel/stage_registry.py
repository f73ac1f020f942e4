"""Registry: which events move a turn. Apps call `moves` from AppConfig.ready(). Holds no rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.events.models import Event


@dataclass(frozen=True)
class Place:
    """Where a fact belongs: a subject (the voice) or a company, and along which introduction."""

    subject: str = ""
    organization_id: int | None = None
    person_id: int | None = None
    referral: str = ""
    other_organization_id: int | None = None


Locate = Callable[["Event"], Iterable[Place]]

_moves: dict[str, dict[str, Locate]] = {}


def moves(event_name: str, stage: str, *, locate: Locate) -> None:
    """Let a fact be evidence of a stage.

    `locate(event)` answers the places it belongs to; none when it moves nothing.
    """
    _moves.setdefault(event_name, {})[stage] = locate


def moves_of(event_name: str) -> dict[str, Locate]:
    """Return stage → locate for a fact; empty when it moves nothing."""
    return _moves.get(event_name, {})

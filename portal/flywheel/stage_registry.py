"""What events mean to the loop: which stage of a turn they move, what the metrics count, which
subjects are voices. Apps declare it in `turn_stages.py`, called from AppConfig.ready(). Holds no
rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from portal.core.registry import Registry

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


@dataclass(frozen=True)
class Move:
    """How a fact moves a stage, and what a turn's page says when it did."""

    locate: Locate
    says: str | Promise = ""


class Measured(StrEnum):
    """What the metrics count, whichever event tells of it."""

    QUESTION = "question"
    ANSWER = "answer"
    SOLUTION = "solution"
    INTRODUCTION = "introduction"
    SALE = "sale"


_moves: Registry[tuple[str, str], Move] = Registry("turn stage")  # (event, stage)
_counted: Registry[tuple[Measured, str], str] = Registry("event counted by the metrics")
_voices: Registry[str, str] = Registry("kind of voice")


def moves(event_name: str, stage: str, *, locate: Locate, says: str | Promise = "") -> None:
    """Let a fact be evidence of a stage.

    `locate(event)` answers the places it belongs to; none when it moves nothing. `says` replaces
    the stage's own sentence on a turn's page.
    """
    _moves.register((event_name, str(stage)), Move(locate, says))


def moves_of(event_name: str) -> dict[str, Locate]:
    """Return stage → locate for a fact; empty when it moves nothing."""
    return {stage: move.locate for (name, stage), move in _moves.items() if name == event_name}


def sentence(event_name: str, stage: str) -> str | Promise:
    """Return what a turn's page says when this fact moved this stage; "" for the usual sentence."""
    move = _moves.get((event_name, str(stage)))
    return move.says if move else ""


def counts_as(measured: Measured, event_name: str) -> None:
    """Let the metrics count this event."""
    _counted.register((measured, event_name), event_name)


def events_counted_as(measured: Measured) -> list[str]:
    """Return the names of the events the metrics count as this."""
    return [name for (what, _), name in _counted.items() if what == measured]


def gives_voice(prefix: str) -> None:
    """Say that a subject that begins with `prefix` may be a customer's voice, with a turn."""
    _voices.register(prefix, prefix)


def is_voice(subject: str) -> bool:
    """Say whether a subject may have a turn of its own."""
    return any(subject.startswith(prefix) for prefix in _voices)

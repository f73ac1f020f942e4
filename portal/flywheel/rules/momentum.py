"""Momentum M₉₀ (C12), pure: verified turns of the last 90 days, weighted; each unit refers to its
turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from portal.flywheel.rules.stages import Stage

VERSION = 1  # of the weights; a change restates history
WEIGHTS: Mapping[str, float] = {
    Stage.CONFIRMED: 1,
    Stage.ADVOCACY: 2,
    Stage.WON: 7,
    Stage.FIRST_POST: 2,
}
WINDOW = timedelta(days=90)
CAP, CAP_WINDOW = 3, timedelta(days=30)  # inner turns per company


@dataclass(frozen=True)
class TurnFacts:
    """What the formulas need of a turn."""

    pk: int
    organization_id: int | None
    stages: Mapping[str, datetime]
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Unit:
    """A piece of momentum: which turn, which stage, when, how much."""

    turn: int
    organization_id: int | None
    stage: str
    at: datetime
    weight: float


def units(turns: Iterable[TurnFacts]) -> list[Unit]:
    """Return every unit there ever was, oldest first.

    Of one company at most three inner turns count within any 30 days: opening trivial turns earns
    nothing.
    """
    found: list[Unit] = []
    recent: dict[int | None, list[datetime]] = defaultdict(list)
    inner = sorted(
        (turn for turn in turns if Stage.CONFIRMED in turn.stages),
        key=lambda turn: (turn.stages[Stage.CONFIRMED], turn.pk),
    )
    for turn in inner:
        at = turn.stages[Stage.CONFIRMED]
        counted = [moment for moment in recent[turn.organization_id] if moment > at - CAP_WINDOW]
        if turn.organization_id is None or len(counted) < CAP:
            recent[turn.organization_id] = [*counted, at]
            found.append(
                Unit(turn.pk, turn.organization_id, Stage.CONFIRMED, at, WEIGHTS[Stage.CONFIRMED])
            )
        for stage in (Stage.ADVOCACY, Stage.WON, Stage.FIRST_POST):
            if stage in turn.stages:
                found.append(
                    Unit(turn.pk, turn.organization_id, stage, turn.stages[stage], WEIGHTS[stage])
                )
    return sorted(found, key=lambda unit: (unit.at, unit.turn, unit.stage))


def within(all_units: Sequence[Unit], moment: datetime, window: timedelta = WINDOW) -> list[Unit]:
    """Return the units of the window that ends at `moment`."""
    return [unit for unit in all_units if moment - window < unit.at <= moment]


def momentum(all_units: Sequence[Unit], moment: datetime) -> float:
    """Return M₉₀ at a moment."""
    return sum(unit.weight for unit in within(all_units, moment))


def days_filling(
    turns: Iterable[TurnFacts], moment: datetime, window: timedelta = WINDOW, weeks: int = 8
) -> int | None:
    """Return for how many days turns are on record, while that is less than what a change compares:
    a window that is still filling grows whatever happens. None once it is full.
    """
    begun = min(
        (turn.stages[Stage.VOICE] for turn in turns if Stage.VOICE in turn.stages), default=None
    )
    if begun is None or begun <= moment - window - timedelta(weeks=weeks):
        return None
    return max(1, (moment - begun).days)


def change(all_units: Sequence[Unit], moment: datetime, weeks: int = 8) -> float:
    """Return ΔM: M₉₀ now against the median of the eight weeks before."""
    before = [momentum(all_units, moment - timedelta(weeks=week)) for week in range(1, weeks + 1)]
    return momentum(all_units, moment) - median(before)

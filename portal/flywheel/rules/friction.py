"""Friction (C13), pure: the share of a turn's time that waits on us, where turns drop out, and the
worst bottlenecks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.flywheel.rules.momentum import TurnFacts
from portal.flywheel.rules.stages import Stage
from portal.flywheel.rules.statistics import Waits, kaplan_meier

WINDOW = timedelta(days=90)
BACK_TO_US = timedelta(
    days=7
)  # five business days without a word from the customer: it is ours again
GIVEN_UP = timedelta(days=90)  # an open turn counts no longer than this

# from, to, the window within which the step should happen
STEPS: tuple[tuple[str, str, timedelta], ...] = (
    (Stage.VOICE, Stage.CLAIMED, timedelta(days=7)),
    (Stage.CLAIMED, Stage.ACTED, timedelta(days=14)),
    (Stage.ACTED, Stage.TOLD, timedelta(days=7)),
    (Stage.TOLD, Stage.CONFIRMED, timedelta(days=14)),
    (Stage.CONFIRMED, Stage.ADVOCACY, timedelta(days=180)),
    (Stage.ADVOCACY, Stage.WON, timedelta(days=180)),
    (Stage.WON, Stage.FIRST_POST, timedelta(days=90)),
)
OURS = STEPS[:3]  # the steps in which the customer waits for us

Span = tuple[datetime, datetime]


def waiting(
    stages: Mapping[str, datetime], now: datetime, answered: datetime | None = None
) -> list[Span]:
    """Return the spans in which a turn waited on us: until somebody took it up; after five business
    days without an answer or progress; from acting until the customer was notified.
    """
    start = stages[Stage.VOICE]
    end = _end(stages, now)
    taken, acted, told = (stages.get(stage) for stage in (Stage.CLAIMED, Stage.ACTED, Stage.TOLD))
    spans: list[Span] = [(start, _first(taken, answered, acted, told) or end)]
    if taken is not None:
        spans.append((taken + BACK_TO_US, _first(answered, acted, told) or end))
    if acted is not None:
        spans.append((acted, told or end))
    return merge((max(a, start), min(b, end)) for a, b in spans)


def waiting_on_asker(
    stages: Mapping[str, datetime], now: datetime, answered: datetime | None = None
) -> list[Span]:
    """Return the spans in which it was the asker's move: answered or notified, and not a word from
    them yet. What waits on us at the same time is ours.
    """
    since = _first(answered, stages.get(Stage.TOLD))
    if since is None:
        return []
    start, end = stages[Stage.VOICE], _end(stages, now)
    return without([(max(since, start), end)], waiting(stages, now, answered))


def _end(stages: Mapping[str, datetime], now: datetime) -> datetime:
    return min(stages.get(Stage.CONFIRMED, now), stages[Stage.VOICE] + GIVEN_UP, now)


def _first(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Cut the taken spans out of the others."""
    left = merge(spans)
    for begin, finish in taken:
        left = [part for a, b in left for part in ((a, min(b, begin)), (max(a, finish), b))]
        left = merge(left)
    return left


def merge(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch, leave out empty ones."""
    merged: list[Span] = []
    for begin, finish in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], finish))
        else:
            merged.append((begin, finish))
    return merged


def hours(spans: Iterable[Span], since: datetime, until: datetime) -> float:
    """Return the hours of the spans that fall between two moments."""
    return sum(max(0.0, (min(b, until) - max(a, since)).total_seconds()) for a, b in spans) / 3600


@dataclass(frozen=True)
class Share:
    """A turn's part in friction."""

    turn: int
    waited: float  # on us
    elapsed: float
    asker: float = 0.0  # waited on the asker: answered or notified, and not a word since


def shares(turns: Iterable[TurnFacts], moment: datetime, window: timedelta = WINDOW) -> list[Share]:
    """Return waited and elapsed hours of every turn open or closed in the window; open turns count
    to the moment.
    """
    found = []
    for turn in turns:
        start = turn.stages.get(Stage.VOICE)
        if start is None or start > moment:
            continue
        known = {stage: at for stage, at in turn.stages.items() if at <= moment}
        end = min(known.get(Stage.CONFIRMED, moment), start + GIVEN_UP, moment)
        elapsed = hours([(start, end)], moment - window, moment)
        if elapsed > 0:
            since = turn.answered_at
            answered = since if since is not None and since <= moment else None
            ours = waiting(known, moment, answered)
            theirs = waiting_on_asker(known, moment, answered)
            found.append(
                Share(
                    turn.pk,
                    waited=hours(ours, moment - window, moment),
                    elapsed=elapsed,
                    asker=hours(theirs, moment - window, moment),
                )
            )
    return found


def friction(parts: Sequence[Share]) -> float | None:
    """Return Σ waited ÷ Σ elapsed (0..1), or None when nothing was under way."""
    elapsed = sum(part.elapsed for part in parts)
    return sum(part.waited for part in parts) / elapsed if elapsed > 0 else None


@dataclass(frozen=True)
class Step:
    """One step of the loop: how many came to it, how long it takes with those who still wait, how
    many are lost.
    """

    before: str
    after: str
    volume: int
    waits: Waits
    leak: float
    open_now: int
    window: timedelta

    @property
    def median_hours(self) -> float | None:
        return self.waits.quantile(0.5)

    @property
    def p90_hours(self) -> float | None:
        return self.waits.quantile(0.9)

    @property
    def weight(self) -> float:
        """Volume × median wait × leak; a median that is not reached counts as the whole window."""
        median = self.median_hours
        return (
            self.volume
            * (median if median is not None else self.window.total_seconds() / 3600)
            * self.leak
        )


def steps(
    turns: Sequence[TurnFacts], moment: datetime, window: timedelta = timedelta(days=180)
) -> list[Step]:
    """Return every step of the loop for turns that came to it within the window."""
    found = []
    for before, after, allowed in STEPS:
        cases: list[tuple[float, bool]] = []
        for turn in turns:
            came, went = turn.stages.get(before), turn.stages.get(after)
            if came is None or not moment - window < came <= moment:
                continue
            over = went is not None and went <= moment
            until = went if went is not None and over else moment
            cases.append((max(0.0, (until - came).total_seconds() / 3600), over))
        waits = kaplan_meier(cases)
        leak = waits.left_after(allowed.total_seconds() / 3600) if cases else 0.0
        found.append(
            Step(
                before, after, len(cases), waits, leak, sum(not over for _, over in cases), allowed
            )
        )
    return found


def bottlenecks(found: Sequence[Step], limit: int = 3) -> list[Step]:
    """Return the steps in which the customer waits for us, heaviest first."""
    ours = {(before, after) for before, after, _ in OURS}
    rows = [step for step in found if (step.before, step.after) in ours and step.weight > 0]
    return sorted(rows, key=lambda step: -step.weight)[:limit]

"""Forward decay (Cormode et al. 2009) and the caps, as pure functions. Reads and writes no rows.

A contribution of weight w at t adds w·2^((t−L)/h) to the stored score; the value at T is
score·2^(−(T−L)/h). The stored score never needs recomputing, late events add the same as punctual
ones, and the order by score is the order by value.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal.core.time import Place, day_of

LANDMARK = datetime(2026, 1, 1, tzinfo=UTC)
HALF_LIFE = timedelta(days=45)


def contribution(weight: float, at: datetime) -> float:
    """Return what a fact of `weight` at `at` adds to a stored score."""
    return weight * math.pow(2.0, (at - LANDMARK) / HALF_LIFE)


def value_at(score: float, moment: datetime) -> float:
    """Return what a stored score is worth at `moment`; after one half-life of silence it is
    half.
    """
    return score * math.pow(2.0, -((moment - LANDMARK) / HALF_LIFE))


@dataclass(frozen=True)
class Entry:
    """One fact that might count: what the caps need to know of it."""

    event_id: int
    at: datetime
    counterpart_id: int | None = None


def chosen(
    entries: Iterable[Entry],
    *,
    per_day: int | None,
    per_counterpart_week: int | None,
    place: Place,
) -> set[int]:
    """Return the ids of the entries that count under both caps: the earliest ones, whatever order
    they arrived in.

    All entries are one person's, of one kind, within one ISO week (days of `place`, the site's).
    """
    days: Counter[object] = Counter()
    partners: Counter[int] = Counter()
    kept: set[int] = set()
    for entry in sorted(entries, key=lambda row: (row.at, row.event_id)):
        day = day_of(entry.at, place)
        if per_day is not None and days[day] >= per_day:
            continue
        if per_counterpart_week is not None and entry.counterpart_id is not None:
            if partners[entry.counterpart_id] >= per_counterpart_week:
                continue
            partners[entry.counterpart_id] += 1
        days[day] += 1
        kept.add(entry.event_id)
    return kept


@dataclass(frozen=True)
class Breadth:
    """A company's participation: depth (capped per person), how many take part, how evenly, the
    largest share.
    """

    depth: float
    people: int
    spread: float
    largest_share: float

    @property
    def hangs_on_one(self) -> bool:
        return self.people > 0 and self.largest_share > 0.7


def breadth(values: Sequence[float], *, cap: float = 30.0, active: float = 1.0) -> Breadth:
    """Return A = Σ min(v, cap), B = people with v ≥ active, the largest share, and how evenly it
    spreads: Simpson's D = 1 − Σ share² over its largest value for so many people, 1 − 1/n.
    """
    positive = [value for value in values if value > 0]
    total = sum(positive)
    shares = [value / total for value in positive] if total > 0 else []
    return Breadth(
        depth=sum(min(value, cap) for value in positive),
        people=sum(value >= active for value in positive),
        spread=_evenness(shares),
        largest_share=max(shares, default=0.0),
    )


def _evenness(shares: Sequence[float]) -> float:
    """0 where one person does it all, 1 where everybody does as much, however many they are."""
    if len(shares) < 2:
        return 0.0
    simpson = 1.0 - sum(share * share for share in shares)
    return min(1.0, max(0.0, simpson / (1.0 - 1.0 / len(shares))))

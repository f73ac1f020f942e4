"""Reward tiers by number of won introductions, and the yearly cap: pure functions of a set of
records, in any order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

Steps = Sequence[Sequence[int]]  # [[from the nth, amount in minor units], …], ascending


class BadSteps(ValueError):
    """Steps begin with the first introduction and rise; `why` is empty, first, order or amount."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_steps(steps: Steps) -> list[list[int]]:
    """Return steps in their stored form. Raises BadSteps."""
    rows = [[int(start), int(amount)] for start, amount in steps]
    if not rows:
        raise BadSteps("empty")
    if rows[0][0] != 1:
        raise BadSteps("first")
    if any(later[0] <= earlier[0] for earlier, later in pairwise(rows)):
        raise BadSteps("order")
    if any(amount <= 0 for _, amount in rows):
        raise BadSteps("amount")
    return rows


def amount_at(steps: Steps, rank: int | None) -> int:
    """Return what the nth won introduction is worth; 0 when it is not one."""
    if rank is None:
        return 0
    reached = [amount for start, amount in steps if start <= rank]
    return int(reached[-1]) if reached else 0


def rank_at(won: Iterable[datetime], at: datetime) -> int:
    """Return the place of one of this moment among the won introductions: how many were won by
    then, with itself.

    Contracts of the same moment count for one another, so no tie has to be broken: the rank is a
    count of dates and depends on nothing but their set (decision 0009).
    """
    return max(1, bisect_right(sorted(won), at))


@dataclass(frozen=True)
class Way:
    """How far somebody is: what the next contract is worth, and by how many contracts a better step
    is reached.
    """

    count: int
    amount: int  # what the referrer's next won introduction is worth
    goal: int | None = None  # so many contracts reach the next better step
    goal_amount: int = 0


def way(steps: Steps, count: int) -> Way:
    """Return where somebody with `count` won introductions stands.

    A step is reached by the contract that begins it.
    """
    amount = amount_at(steps, count + 1)
    later = next(((start, worth) for start, worth in steps if start > count + 1), None)
    return Way(count, amount, later[0], later[1]) if later else Way(count, amount)


class Room:
    """The remaining balance of a person's yearly cap while their rewards are calculated one after
    the other.
    """

    def __init__(self) -> None:
        self.used: Counter[int] = Counter()

    def fit(self, amount: int, *, cap: int | None, year: int | None) -> int:
        """Return how much of `amount` the year still holds; all of it without a cap."""
        if cap is None or year is None:
            return amount
        return max(0, min(amount, cap - self.used[year]))

    def use(self, year: int | None, net: int) -> None:
        """Count what a reward takes of its year."""
        if year is not None:
            self.used[year] += net

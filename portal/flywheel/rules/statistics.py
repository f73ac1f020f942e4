"""Statistics, pure: confidence intervals for shares and counts, and waits with censoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

Z95 = 1.959963984540054


def wilson(part: int, whole: int, z: float = Z95) -> tuple[float, float] | None:
    """Return the Wilson score interval of a share (0..1), or None without cases."""
    if whole <= 0:
        return None
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    # the share itself is in its interval, also where rounding would put a bound a hair past it
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def _at_most(count: int, mean: float) -> tuple[float, float]:
    """P(X ≤ count) and P(X = count) for a Poisson of this mean; summed downwards, until nothing is
    added any more.
    """
    last = term = total = exp(count * log(mean) - mean - lgamma(count + 1))
    for number in range(count, 0, -1):
        term *= number / mean
        total += term
        if term < 1e-17 * total:
            break
    return total, last


def _mean_where(count: int, chance: float, mean: float) -> float:
    """Return the mean for which P(X ≤ count) is `chance`, by Newton's method from a mean near
    it.
    """
    for _ in range(30):
        total, term = _at_most(count, mean)
        step = (total - chance) / term
        mean += step
        if abs(step) <= 1e-9 * mean:  # the next step would be its square
            break
    return mean


def poisson(count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Garwood) interval of a count; some steps of Newton's from Wilson and
    Hilferty's approximation.
    """
    tail = (1 - level) / 2
    if (
        count > 500
    ):  # exp(-mean) underflows near 745; there the normal approximation is exact enough
        half = Z95 * sqrt(count)
        return count - half, count + half
    z = NormalDist().inv_cdf(1 - tail)

    def near(n: int, z: float) -> float:
        return float(n * (1 - 1 / (9 * n) + z / (3 * sqrt(n))) ** 3)

    low = _mean_where(count - 1, 1 - tail, near(count, -z)) if count else 0.0
    return low, _mean_where(count, tail, near(count + 1, z))


@dataclass(frozen=True)
class Waits:
    """A Kaplan-Meier curve: (wait, share still waiting after it), and how many cases it rests
    on.
    """

    steps: tuple[tuple[float, float], ...]
    n: int
    ended: int

    def quantile(self, share: float) -> float | None:
        """Return the wait after which `share` of the cases are over; None when the curve never gets
        there.
        """
        return next((wait for wait, left in self.steps if left <= 1 - share + 1e-12), None)

    def left_after(self, wait: float) -> float:
        """Return the share still waiting after `wait`."""
        left = 1.0
        for step, share in self.steps:
            if step > wait:
                break
            left = share
        return left


def kaplan_meier(cases: Sequence[tuple[float, bool]]) -> Waits:
    """Estimate waits from (duration, ended): who still waits counts as waiting at least so long."""
    return kaplan_meier_counted(Counter(cases))


def kaplan_meier_counted(counts: Mapping[tuple[float, bool], int]) -> Waits:
    """Estimate waits from how many cases there are of each (duration, ended), so that a million
    cases cost no more.
    """
    ended: dict[float, int] = {}
    here: dict[float, int] = {}
    for (wait, over), count in counts.items():
        here[wait] = here.get(wait, 0) + count
        ended[wait] = ended.get(wait, 0) + (count if over else 0)
    total = at_risk = sum(here.values())
    left = 1.0
    steps: list[tuple[float, float]] = []
    for wait in sorted(here):
        if ended[wait]:
            left *= 1 - ended[wait] / at_risk
            steps.append((wait, left))
        at_risk -= here[wait]
    return Waits(tuple(steps), total, sum(ended.values()))


def at_risk(counts: Mapping[tuple[float, bool], int], wait: float) -> int:
    """Return how many cases are still watched just before `wait`: neither over nor lost from
    sight.
    """
    return sum(count for (duration, _), count in counts.items() if duration >= wait)

"""Circuit breaker of a destination: opens after five failures in a row, probes every five minutes,
disables the destination after five days. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LIMIT = 5
PROBE_EVERY = timedelta(minutes=5)
GIVE_UP = timedelta(days=5)
WARN = GIVE_UP / 2


@dataclass(frozen=True, slots=True)
class Health:
    """How a destination has been answering."""

    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None

    @property
    def is_probing(self) -> bool:
        """Whether only one delivery at a time may try it."""
        return self.failures >= LIMIT


def after_success() -> Health:
    """A success closes the breaker at once."""
    return Health()


def after_failure(health: Health, *, now: datetime) -> Health:
    """Count one more failure; from the fifth on the breaker opens for five minutes."""
    failures = health.failures + 1
    return Health(
        failures, health.failing_since or now, now + PROBE_EVERY if failures >= LIMIT else None
    )


def should_warn(health: Health, *, warned_at: datetime | None, now: datetime) -> bool:
    """Whether to warn the owners, once, halfway to giving up."""
    since = health.failing_since
    return since is not None and now - since >= WARN and (warned_at is None or warned_at < since)


def should_give_up(health: Health, *, now: datetime) -> bool:
    """After five days of nothing but failures it is switched off."""
    return health.failing_since is not None and now - health.failing_since >= GIVE_UP

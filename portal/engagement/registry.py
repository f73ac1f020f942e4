"""Registry: which events count as participation, and how much.

Apps call `weigh` from AppConfig.ready(). Holds no rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.registry import Registry


@dataclass(frozen=True)
class Weight:
    """What one kind of fact is worth, to whom, and how often."""

    event_name: str
    weight: float
    per_day_cap: int | None
    subject: str
    counterpart: str | None
    per_counterpart_week: int | None


weights: Registry[tuple[str, str], Weight] = Registry("weight")  # (event, subject)


def weigh(
    event_name: str,
    weight: float,
    *,
    per_day_cap: int | None = None,
    subject: str = "actor",
    counterpart: str | None = None,
    per_counterpart_week: int | None = None,
) -> None:
    """Let an event type count for a person.

    `subject` and `counterpart` are "actor" or the payload key that holds a person's id. With a
    counterpart the event counts only when that person is a customer of another company, and at most
    `per_counterpart_week` times a week: colleagues and rings of friends cannot lift each other.
    Staff of the host company never score.
    """
    rule = Weight(event_name, weight, per_day_cap, subject, counterpart, per_counterpart_week)
    weights.register((event_name, subject), rule)


def weights_for(event_name: str) -> list[Weight]:
    """Return what this fact counts for; an empty list when it does not count."""
    return [rule for (name, _), rule in weights.items() if name == event_name]

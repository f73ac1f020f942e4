"""Which of the teams' events still hold, read from the current signals and answers."""

from __future__ import annotations

from collections.abc import Iterable

from portal.events.models import Event
from portal.events.standing import register_items, rests_on, touches
from portal.teams.models import Signal, Told

CLAIMED, RELEASED = "teams.signal.claimed", "teams.signal.released"
RESOLVED, REOPENED = "teams.signal.resolved", "teams.signal.reopened"


def register() -> None:
    """Declare it all; called from AppConfig.ready()."""
    register_items("teams.claim", claims)
    register_items("teams.resolution", resolutions)
    register_items("teams.answer", answers)
    rests_on(CLAIMED, lambda event: _item("teams.claim", event, "signal_id"))
    rests_on(RESOLVED, lambda event: _item("teams.resolution", event, "signal_id"))
    rests_on("teams.customer.confirmed", lambda event: _item("teams.answer", event, "told_id"))
    for name in (RELEASED, "teams.signal.snoozed", RESOLVED, REOPENED):
        touches(name, of_signal)


def claims(keys: set[str]) -> set[str]:
    """Signals somebody has in hand, or had to the end."""
    return _signals(keys, claimed_by__isnull=False)


def resolutions(keys: set[str]) -> set[str]:
    return _signals(keys, state=Signal.State.RESOLVED)


def _signals(keys: set[str], **which: object) -> set[str]:
    rows = Signal.objects.filter(pk__in=_numbers(keys), **which)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def answers(keys: set[str]) -> set[str]:
    """Updates whose customer said whether it is solved."""
    rows = Told.objects.filter(pk__in=_numbers(keys)).exclude(answer="")
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def _numbers(keys: Iterable[str]) -> list[int]:
    return [int(key) for key in keys if key.isdecimal()]


def _item(kind: str, event: Event, key: str) -> str:
    number = event.payload.get(key)
    return f"{kind}:{number}" if number else ""


def of_signal(event: Event) -> Iterable[str]:
    signal = event.payload.get("signal_id")
    return [f"teams.claim:{signal}", f"teams.resolution:{signal}"] if signal else []

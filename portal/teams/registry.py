"""What rules can look for, which facts are voices of customers, and who waits for us. Apps register
them from AppConfig.ready(). Holds no rows.

An *event trigger* looks at each fact as it happens; a *condition trigger* is asked again and again
and answers with everything that holds now, so a missed run loses nothing and a second run finds
nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from portal.core.registry import Registry

if TYPE_CHECKING:
    from portal.events.models import Event
    from portal.teams.models import Signal, SignalRule


@dataclass(frozen=True)
class Finding:
    """Something that fits a rule.

    `occurrence` names this very cause: the same cause never raises a rule twice.
    """

    subject: str
    title: str
    url: str
    occurred_at: datetime
    occurrence: str = ""
    organization_id: int | None = None
    person_id: int | None = None
    owner_id: int | None = (
        None  # who has it in hand already; otherwise the rule's team says who answers for it
    )
    evidence: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        return self.occurrence or f"{self.subject}@{self.occurred_at.isoformat()}"


Explain = Callable[[dict[str, Any]], str]
FindEvent = Callable[["SignalRule", "Event"], Finding | None]
FindCondition = Callable[["SignalRule", datetime], Iterable[Finding]]
Still = Callable[["Signal", datetime], bool]
History = Callable[["SignalRule", datetime, datetime], Iterable[Finding]]


@dataclass(frozen=True)
class Trigger:
    """What a rule looks for: on facts (`events`, `find_event`) or by asking (`find`), and how to
    say why it fired.
    """

    name: str
    label: str | Promise
    explain: Explain
    unit: str | Promise = ""
    events: tuple[str, ...] = ()
    find_event: FindEvent | None = None
    find: FindCondition | None = None
    still: Still | None = None
    history: History | None = None


_triggers: Registry[str, Trigger] = Registry("trigger")


def register_event(
    name: str,
    *,
    label: str | Promise,
    events: tuple[str, ...],
    find: FindEvent,
    explain: Explain,
    unit: str | Promise = "",
    history: History | None = None,
) -> None:
    """Add a trigger that looks at each fact of these names and answers a Finding or None.

    A backtest asks it of every fact of the past, unless `history` finds the same in one go.
    """
    _triggers.register(
        name,
        Trigger(name, label, explain, unit, events=events, find_event=find, history=history),
    )


def register_condition(
    name: str,
    *,
    label: str | Promise,
    find: FindCondition,
    explain: Explain,
    still: Still | None = None,
    history: History | None = None,
    unit: str | Promise = "",
) -> None:
    """Add a trigger that is asked every minute.

    `still(signal, now)` says whether the reason of a raised signal still holds; `history` plays the
    past for backtests.
    """
    _triggers.register(
        name, Trigger(name, label, explain, unit, find=find, still=still, history=history)
    )


def trigger(name: str) -> Trigger | None:
    """Return a trigger by name, or None when the code no longer has it."""
    return _triggers.get(name)


def triggers_for(event_name: str) -> list[str]:
    """Return the names of the triggers that look at this fact."""
    return [row.name for row in _triggers if event_name in row.events]


def conditions() -> list[str]:
    """Return the names of the triggers that must be asked."""
    return [row.name for row in _triggers if row.find is not None]


@dataclass(frozen=True)
class Voice:
    """A fact that is a customer's voice, and how the list of voices shows it.

    `label` may hold `%(answer)s`, the words of the answer a customer gave.
    """

    event_name: str
    label: str | Promise
    icon: str
    tone: str = "ai"


_voices: Registry[str, Voice] = Registry("voice")


def register_voice(event_name: str, *, label: str | Promise, icon: str, tone: str = "ai") -> None:
    """Show facts of this name among what customers said."""
    _voices.register(event_name, Voice(event_name, label, icon, tone))


def voices() -> list[Voice]:
    return list(_voices)


def voice(event_name: str) -> Voice | None:
    return _voices.get(event_name)


Waits = Callable[[int, datetime], bool]
_waits: Registry[str, Waits] = Registry("wait for us")


def register_wait(name: str, waits: Waits) -> None:
    """Add something a person may wait for us with: `waits(user_id, now)`."""
    _waits.register(name, waits)


def waits_for_us(user_id: int, now: datetime) -> bool:
    """Say whether a person waits for an answer of ours."""
    return any(waits(user_id, now) for waits in _waits)

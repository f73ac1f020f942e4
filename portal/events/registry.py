"""Registry of event types and their listeners. Holds no rows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from portal.core.registry import Registry

if TYPE_CHECKING:
    from datetime import datetime

    from portal.events.models import Event

NAME = re.compile(r"^[a-z]+\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$")  # app.noun.past_verb


@dataclasses.dataclass(frozen=True)
class Payload:
    """What an event holds besides actor, time and subject: small, plain, able to outlive its
    subject.
    """

    event_name: ClassVar[str] = ""

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


P = TypeVar("P", bound=type[Payload])
Listener = Callable[["Event"], None]

_types: Registry[str, type[Payload]] = Registry("event")
# keys of the listeners that are not called for history
_only_present: set[str] = set()
# by event name (or "*") and the listener's stable key
_listeners: Registry[tuple[str, str], Listener] = Registry("listener")


def event_type(name: str) -> Callable[[P], P]:
    """Declare the payload of the event `name` (app.noun.past_verb).

    Raises ValueError on a bad or taken name.
    """
    if not NAME.match(name):
        raise ValueError(f"{name!r} is not app.noun.past_verb")

    def declare(payload: P) -> P:
        _types.register(name, payload)
        payload.event_name = name
        return payload

    return declare


def types() -> dict[str, type[Payload]]:
    """Return every declared event name with its payload class."""
    return dict(_types.items())


def on(*names: str, history: bool = True) -> Callable[[Listener], Listener]:
    """Register a listener for events by name, or for all of them with "*".

    A listener writes rows and nothing else. With `history=False` it is not called for what
    happened long before it was recorded: whoever alerts people says so.
    """

    def listen(listener: Listener) -> Listener:
        key = f"{listener.__module__}.{listener.__qualname__}"
        for name in names:
            _listeners.register((name, key), listener)
        if not history:
            _only_present.add(key)
        return listener

    return listen


def listeners_for(name: str, *, is_history: bool = False) -> dict[str, Listener]:
    """Return the listeners of an event by their stable key, in order of registration."""
    named = {key: each for (event, key), each in _listeners.items() if event == name}
    found = named | {key: each for (event, key), each in _listeners.items() if event == "*"}
    if is_history:
        return {key: each for key, each in found.items() if key not in _only_present}
    return found


FollowUp = Callable[["datetime"], object]
_follow_ups: Registry[str, FollowUp] = Registry("follow-up")


def after_dispatch(name: str, run: FollowUp) -> None:
    """Run something after each batch of events, when what its listeners wrote is committed; the
    sweep runs it too, so that what a crash left undone is found.
    """
    _follow_ups.register(name, run)


def follow_ups() -> list[tuple[str, FollowUp]]:
    return list(_follow_ups.items())


def listener(key: str) -> Listener | None:
    """Return a listener by its key, or None when the code no longer has it."""
    return next((each for (_, name), each in _listeners.items() if name == key), None)

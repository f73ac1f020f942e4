"""Registry of event types and their listeners. Holds no rows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from portal.core.registry import Registry

if TYPE_CHECKING:
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


def on(*names: str) -> Callable[[Listener], Listener]:
    """Register a listener for events by name, or for all of them with "*".

    A listener writes rows and nothing else.
    """

    def listen(listener: Listener) -> Listener:
        key = f"{listener.__module__}.{listener.__qualname__}"
        for name in names:
            _listeners.register((name, key), listener)
        return listener

    return listen


def listeners_for(name: str) -> dict[str, Listener]:
    """Return the listeners of an event by their stable key, in order of registration."""
    named = {key: each for (event, key), each in _listeners.items() if event == name}
    return named | {key: each for (event, key), each in _listeners.items() if event == "*"}


def listener(key: str) -> Listener | None:
    """Return a listener by its key, or None when the code no longer has it."""
    return next((each for (_, name), each in _listeners.items() if name == key), None)

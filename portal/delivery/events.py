"""Event types of the delivery app."""

from __future__ import annotations

from dataclasses import dataclass

from portal.events import Payload, event_type


@event_type("delivery.destination.switched")
@dataclass(frozen=True)
class DestinationSwitched(Payload):
    """A destination was switched on or off, by a person or because nothing got through for five
    days.
    """

    title: str
    url: str
    state: str
    reason: str


@event_type("delivery.destination.failed")
@dataclass(frozen=True)
class DestinationFailed(Payload):
    """A destination has answered with nothing but failures for half of the time after which it is
    switched off.
    """

    title: str
    url: str
    reason: str

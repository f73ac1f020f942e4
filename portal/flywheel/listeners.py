"""Passes events to turns; the registries decide which ones matter."""

from __future__ import annotations

from portal.events import on
from portal.events.models import Event
from portal.flywheel import services


@on("*")
def move(event: Event) -> None:
    """Note what one event may have changed."""
    services.note(event)

"""Passes events to turns; the registry decides which ones matter."""

from __future__ import annotations

from portal.events import on
from portal.events.models import Event
from portal.flywheel import services
from portal.flywheel.stage_registry import moves_of


@on("*")
def move(event: Event) -> None:
    """Take one fact."""
    if moves_of(event.name):
        services.take(event)

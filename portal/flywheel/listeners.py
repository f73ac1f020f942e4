"""Every fact may move a turn; the registry says which do."""

from __future__ import annotations

from portal.events import on
from portal.events.models import Event
from portal.flywheel import engine
from portal.flywheel.registry import moves_of


@on("*")
def move(event: Event) -> None:
    """Take one fact."""
    if moves_of(event.name):
        engine.take(event)

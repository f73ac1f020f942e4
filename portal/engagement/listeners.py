"""Counts events as participation; the registry decides which."""

from __future__ import annotations

from portal.engagement import services
from portal.events import on
from portal.events.models import Event


@on("*")
def count(event: Event) -> None:
    """Count one fact."""
    services.count_event(event)

"""Every fact may count as taking part; the registry says which do."""

from __future__ import annotations

from portal.engagement import services
from portal.events import on
from portal.events.models import Event


@on("*")
def count(event: Event) -> None:
    """Count one fact."""
    services.count_event(event)

"""Every fact may concern somebody."""

from __future__ import annotations

from portal.events import on
from portal.events.models import Event
from portal.notifications import services


@on("*")
def notify_whom_it_concerns(event: Event) -> None:
    """Write the notifications of a fact."""
    services.notify(event)

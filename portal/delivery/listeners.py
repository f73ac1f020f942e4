"""Fans events out to subscribed destinations as deliveries."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from portal.delivery.models import Destination
from portal.delivery.services import enqueue
from portal.events import on
from portal.events.models import Event


@on("*")
def fan_out(event: Event) -> None:
    """Write one delivery per destination that subscribes to this event; a team's destination gets
    only its team's.
    """
    for destination in Destination.objects.filter(disabled_at=None).exclude(events=[]):
        team = event.payload.get("team")
        if destination.hears(event.name) and not (
            destination.team and team and destination.team != team
        ):
            enqueue(
                destination=destination,
                subject_key=f"event:{event.public_id}",
                body=envelope(event),
                now=event.occurred_at,
                event_name=event.name,
            )


def envelope(event: Event) -> dict[str, Any]:
    """Return the fact as a CloudEvents-like body; `sequence` grows, so a receiver can drop what is
    older.
    """
    return {
        "id": str(event.public_id),
        "type": event.name,
        "source": settings.HAZUMI_BASE_URL,
        "time": event.occurred_at.isoformat(),
        "subject": event.subject,
        "dataversion": "1",
        "sequence": event.pk,
        "data": event.payload,
    }

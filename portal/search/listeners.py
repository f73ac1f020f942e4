"""Queues a searchable object for reindexing when an event concerns it."""

from __future__ import annotations

from portal.events import on
from portal.events.models import Event
from portal.search import registry
from portal.search.services import queue_document


@on("*")
def queue_what_changed(event: Event) -> None:
    """Queue the documents of what the event is about."""
    for source in registry.sources_for(event.name):
        object_id = source.find(event)
        if object_id is not None:
            queue_document(kind=source.kind, object_id=object_id)

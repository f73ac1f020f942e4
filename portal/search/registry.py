"""Registry of search sources: every app registers its own in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from portal.core.registry import Registry
from portal.events.models import Event


@dataclass(frozen=True)
class Document:
    """What a source says about one object; `text` is plain, not Markdown.

    `names` are of those who wrote it: they are found and not shown.
    """

    title: str
    text: str
    url: str
    updated_at: datetime
    visibility: str = "staff"
    organization_id: int | None = None
    language: str = ""
    names: tuple[str, ...] = ()
    is_solved: bool = False
    votes: int = 0


def locate(kind: str, event: Event) -> int | None:
    """Find the object an event is about: payload `<kind>_id`, else its subject `app.<kind>:id`,
    else `topic_id`.
    """
    found = event.payload.get(f"{kind}_id")
    noun, _, number = event.subject.rpartition(":")
    if found is None and noun.rpartition(".")[2] == kind and number.isdigit():
        found = number
    if found is None:
        found = event.payload.get("topic_id")
    return int(found) if found is not None else None


@dataclass(frozen=True)
class Source:
    """A kind of searchable object.

    `document` returns None for what is gone, hidden or not this source's. `visible` is checked
    again for the hits of a page: given the reader and object ids it returns those they may see now.
    `ids` yields all, for re-indexing.
    """

    kind: str
    events: tuple[str, ...]
    document: Callable[[int], Document | None]
    label: str | Promise = ""
    visible: Callable[[Any, Collection[int]], Collection[int]] | None = None
    ids: Callable[[], Iterable[int]] | None = None
    locate: Callable[[Event], int | None] | None = None
    order: int = 100

    def find(self, event: Event) -> int | None:
        return self.locate(event) if self.locate else locate(self.kind, event)


_sources: Registry[str, Source] = Registry("search source")


def register_source(source: Source) -> None:
    """Add a source; called from AppConfig.ready()."""
    _sources.register(source.kind, source)


def source(kind: str) -> Source | None:
    return _sources.get(kind)


def sources() -> list[Source]:
    """Return all sources in the order of their filters."""
    return sorted(_sources, key=lambda each: (each.order, each.kind))


def sources_for(event_name: str) -> list[Source]:
    """Return the sources whose objects an event changes; a source may name `community.post.*`."""
    return [
        each
        for each in _sources
        if any(
            event_name == name or (name.endswith(".*") and event_name.startswith(name[:-1]))
            for name in each.events
        )
    ]

"""The kinds of topics. One module each says everything about a kind; everybody else asks it.

>>> topic_kinds.get(topic.kind).list_url
"""

from __future__ import annotations

from community.topic_kinds.base import TopicKind
from community.topic_kinds.discussion import DISCUSSION
from community.topic_kinds.question import QUESTION
from community.topic_kinds.story import STORY

__all__ = [
    "DISCUSSION",
    "QUESTION",
    "STORY",
    "TopicKind",
    "all_kinds",
    "at",
    "choices",
    "find",
    "get",
    "posted_events",
    "register",
    "with_answers",
    "written_at_once",
]

_kinds: dict[str, TopicKind] = {}


def register(kind: TopicKind) -> None:
    """Add a kind. Raises ValueError where its value or its address is taken."""
    if kind.value in _kinds or any(kind.slug == other.slug for other in _kinds.values()):
        raise ValueError(f"there is a kind {kind.value!r}, or one at {kind.list_url}")
    _kinds[kind.value] = kind


def get(value: str) -> TopicKind:
    """Return a kind by its value. Raises KeyError."""
    return _kinds[value]


def find(value: str) -> TopicKind | None:
    """Return a kind by what may be its value."""
    return _kinds.get(value)


def at(slug: str) -> TopicKind | None:
    """Return the kind whose lists and pages stand below this part of an address."""
    return next((kind for kind in _kinds.values() if kind.slug == slug), None)


def all_kinds() -> tuple[TopicKind, ...]:
    return tuple(_kinds.values())


def with_answers() -> tuple[str, ...]:
    """The values of the kinds whose replies are answers."""
    return tuple(kind.value for kind in _kinds.values() if kind.has_answers)


def written_at_once() -> tuple[TopicKind, ...]:
    """The kinds that the common form and the API post."""
    return tuple(kind for kind in _kinds.values() if kind.writing)


def posted_events() -> tuple[str, ...]:
    """The events of topics that the common form and the API post."""
    return tuple(kind.writing.posted.event_name for kind in _kinds.values() if kind.writing)


def choices() -> list[tuple[str, object]]:
    return [(kind.value, kind.label) for kind in _kinds.values()]


for _kind in (QUESTION, DISCUSSION, STORY):
    register(_kind)

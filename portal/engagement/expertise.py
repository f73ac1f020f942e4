"""Registry of expert sources: who has shown that they know a topic.

Apps in which people help each other register one; holds no rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.core.registry import Registry


@dataclass(frozen=True)
class Shown:
    """How often a person helped with a topic, and the latest title as an example."""

    count: int
    example: str


Find = Callable[[list[str]], dict[int, Shown]]
_finders: Registry[str, Find] = Registry("source of expertise")


def register(name: str, find: Find) -> None:
    """Add a source; it gets the topic's words and answers by user id."""
    _finders.register(name, find)


def experts(topic_words: list[str]) -> dict[int, Shown]:
    """Return who has helped with these words, over all sources."""
    found: dict[int, Shown] = {}
    for find in _finders:
        for user_id, shown in find(topic_words).items():
            known = found.get(user_id)
            found[user_id] = Shown(known.count + shown.count, known.example) if known else shown
    return found

"""Ask sources: who was asked to share, and when; filled by whatever asks (reminders, follow-ups),
read by the share rate.

No source has to register. While none has, the analytics state in words that nobody was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.core.registry import Registry

Source = Callable[
    [datetime, datetime], Iterable[tuple[int, datetime]]
]  # (since, until) -> (person, when asked)
_sources: Registry[str, Source] = Registry("source of prompts")


def register(name: str, source: Source) -> None:
    """Add a source of prompts."""
    _sources.register(name, source)


def asked(since: datetime, until: datetime) -> dict[int, datetime] | None:
    """Return when each person was first asked in a window; None when nothing here ever asks."""
    if not _sources:
        return None
    first: dict[int, datetime] = {}
    for source in _sources:
        for person, at in source(since, until):
            first[person] = min(at, first.get(person, at))
    return first

"""Spaces and popular tags, cached in the process for a moment: every page shows them, and they
rarely change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from community.models import Space, Tag
from community.permissions import Anyone, can_post_in, can_reach

T = TypeVar("T")
KEPT_SECONDS = 20


class Kept(Generic[T]):
    """A value read again when it is older than a moment."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._value: tuple[float, T] | None = None

    def get(self) -> T:
        if self._value is None or time.monotonic() - self._value[0] > KEPT_SECONDS:
            self._value = (time.monotonic(), self._read())
        return self._value[1]

    def forget(self) -> None:
        self._value = None


_spaces: Kept[list[Space]] = Kept(lambda: list(Space.objects.all()))
_tags: Kept[list[Tag]] = Kept(
    lambda: list(Tag.objects.filter(topic_count__gt=0).order_by("-topic_count", "slug")[:12])
)


def forget() -> None:
    """Read spaces and tags anew; called where they are made."""
    _spaces.forget()
    _tags.forget()


def spaces_for(user: Anyone) -> list[Space]:
    """The spaces a person may see."""
    return [space for space in _spaces.get() if can_reach(user, space)]


def spaces_to_post_in(user: Anyone) -> list[Space]:
    """The spaces a person may post in."""
    return [space for space in _spaces.get() if can_post_in(user, space)]


def is_empty() -> bool:
    """Whether there is no space at all, as in a new installation."""
    forget()
    return not _spaces.get()


def space_named(pk: int) -> Space | None:
    """A space by its id, from what is kept."""
    found = next((space for space in _spaces.get() if space.pk == pk), None)
    if found is None:
        forget()
        found = next((space for space in _spaces.get() if space.pk == pk), None)
    return found


def popular_tags() -> list[Tag]:
    """The tags used most in what everybody may see."""
    return _tags.get()

"""Spaces and popular tags, remembered by the process for a moment: every page shows them, they
hardly change.

The process that changes a space reads them anew at once; another one when a row brings a name it
does not know, at the latest after `SECONDS`.
"""

from __future__ import annotations

from collections.abc import Iterable

from community.models import Space, Tag
from community.permissions import Anyone, can_post_in, can_reach
from portal.core.web.value_cache import ValueCache

SECONDS = 20
Names = tuple[str, str, str]  # address, Japanese, English

_spaces: ValueCache[list[Space]] = ValueCache(lambda: list(Space.objects.all()), seconds=SECONDS)
_tags: ValueCache[list[Tag]] = ValueCache(
    lambda: list(Tag.objects.filter(topic_count__gt=0).order_by("-topic_count", "slug")[:12]),
    seconds=SECONDS,
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


def were_outdated(loaded: Iterable[Names]) -> bool:
    """Compare the names of spaces that came with rows of a list to the remembered ones, and read
    these anew where another process has renamed one.
    """
    known = {(space.slug, space.name_ja, space.name_en) for space in _spaces.get()}
    outdated = not known.issuperset(loaded)
    if outdated:
        _spaces.forget()
    return outdated


def popular_tags() -> list[Tag]:
    """The tags used most in what everybody may see."""
    return _tags.get()

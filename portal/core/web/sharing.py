"""The registry of shareable pages: each app resolves its own URLs; the sharing app knows none of
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve

from portal.core.registry import Registry

LONGEST = 300


@dataclass(frozen=True)
class Shareable:
    """Something with an address of its own.

    `why_not` says in the reader's words why it stays inside.
    """

    path: str  # its permanent address
    page: str  # the page it stands on; of an answer, its question's
    subject: str  # as facts name what it belongs to, such as community.topic:42
    title: str
    kind: str  # a word for it, such as "answer"
    why_not: str = ""

    @property
    def is_public(self) -> bool:
        return not self.why_not


Find = Callable[
    ..., Shareable | None
]  # find(user, **URL kwargs): None when the user may not read it
_finders: Registry[str, Find] = Registry("kind of shareable address")


def register(url_name: str, find: Find) -> None:
    """Say what stands at the addresses of one URL name."""
    _finders.register(url_name, find)


def find(path: str, user: Any) -> Shareable | None:
    """Return what a person may read at one of our own addresses; None for everything else, whatever
    it looks like.
    """
    if (
        not path.startswith("/")
        or len(path) > LONGEST
        or not path.isprintable()
        or "\\" in path
        or "//" in path
    ):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    finder = _finders.get(match.view_name)
    return finder(user, **match.kwargs) if finder else None

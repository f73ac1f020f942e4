"""Which topics, posts, articles and stories a person may still read: for whoever keeps their titles
(portal/events/readable.py).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from community.models import Article, Post, Story, Topic
from portal.events import readable


def register() -> None:
    """Declare the nouns of this app's subjects."""
    for noun, model in (("topic", Topic), ("post", Post), ("article", Article), ("story", Story)):
        seen, handed_on = partial(_visible, model), partial(_listed, model)
        readable.register(f"community.{noun}", seen, handed_on=handed_on)


def _visible(model: Any, user: Any, ids: Collection[int]) -> Collection[int]:
    return _but_for(model, ids, model.objects.visible_to(user))


def _listed(model: Any, user: Any, ids: Collection[int]) -> Collection[int]:
    """Return them without what only moderators and authors may look at."""
    everything = model.objects.all() if user is None else model.objects.visible_to(user)
    rows = everything.filter(pk__in=ids)
    if user is None and model in (Topic, Post):
        rows = rows.filter(deleted_at=None)
    if model is Topic:
        rows = rows.filter(hidden_at=None)
    if model is Post:
        rows = rows.filter(hidden_at=None, topic__hidden_at=None, topic__deleted_at=None)
    return _but_for(model, ids, rows)


def _but_for(model: Any, ids: Collection[int], readable_rows: Any) -> Collection[int]:
    """Return the ids without those of rows that exist and cannot be read."""
    shut = model.objects.filter(pk__in=ids).exclude(pk__in=readable_rows.values("pk"))
    return set(ids) - set(shut.values_list("pk", flat=True))

"""Lists of topics: a page by key, what is unread in it, what is related."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from community.models import Follow, ReadState, Space, Topic
from community.models.reading import FRESH
from community.permissions import Anyone
from community.selectors import spaces
from portal.accounts.models import User
from portal.accounts.permissions import is_member
from portal.core.pagination import Page, page_by_key

ORDER = ("-last_posted_at", "-id")
RELATED_PER_SHOWN = 6
TABS = ("all", "unanswered", "unsolved", "solved")
ROW_FIELDS = (
    "kind", "title", "language", "space_id", "author_id", "answer_count", "last_number", "accepted_post_id",
    "created_at", "last_posted_at", "is_locked", "version", "visibility", "reaction_count",
    "author__public_id", "author__display_name", "author__company_visible", "author_organization__name",
)  # fmt: skip


class Gone(Exception):
    """It was here and has been deleted."""


def with_people(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    """Load what a row shows, and nothing else, in the same statement."""
    return rows.select_related("author", "author_organization").only(*ROW_FIELDS)


def listed(user: Anyone, kind: str, *, tab: str = "all", space: Space | None = None, tag: str = "") -> QuerySet[Topic]:
    """The topics of a list as its address describes it."""
    rows = Topic.objects.listed_for(user).filter(kind=kind)
    if kind == Topic.Kind.QUESTION and tab in ("unanswered", "unsolved", "solved"):
        rows = getattr(rows, tab)()
    if space is not None:
        rows = rows.filter(space=space)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    return with_people(rows)


def page_of_topics(rows: QuerySet[Topic], cursor: str | None, *, size: int = 20) -> Page[Topic]:
    return page_by_key(rows, order=ORDER, cursor=cursor, size=size)


def unread_in(topics: Iterable[Topic], user: Anyone, now: datetime) -> dict[int, int]:
    """Return by topic how many posts are new to her (0 for a topic she has never opened). One statement."""
    rows = list(topics)
    if not is_member(user) or not rows:
        return {}
    known = dict(
        ReadState.objects.filter(user=user, topic__in=[row.pk for row in rows]).values_list(
            "topic_id", "last_read_number"
        )
    )
    since = max(user.date_joined, now - FRESH)
    unread: dict[int, int] = {}
    for row in rows:
        if row.pk in known:
            if row.last_number > known[row.pk]:
                unread[row.pk] = row.last_number - known[row.pk]
        elif row.last_posted_at > since:
            unread[row.pk] = 0
    return unread


def get_topic(user: Anyone, kind: str, pk: int) -> Any:
    """Return a topic to read, with where the reader stands in it. Raises Http404, Gone for a deleted one."""
    rows = Topic.objects.within_reach_of(user)
    if is_member(user):
        states = ReadState.objects.filter(user=user, topic=OuterRef("pk")).values("last_read_number")
        rows = rows.annotate(
            read_to=Subquery(states), is_followed=Exists(Follow.objects.filter(user=user, topic=OuterRef("pk")))
        )
    topic = get_object_or_404(rows, kind=kind, pk=pk)
    if topic.deleted_at is not None:
        raise Gone
    space = spaces.space_named(topic.space_id)
    if space is not None:
        topic.space = space  # from what is kept: one join less
    return topic


def related_to(topic: Topic, user: Anyone, *, limit: int = 5) -> list[Topic]:
    """Other topics with a tag in common, else of the space: of the most recently active ones those solved come first.

    Only a bounded number is looked at, along the index of the lists: a popular tag costs no more than a rare one.
    """
    rows = Topic.objects.listed_for(user).filter(kind=topic.kind).exclude(pk=topic.pk)
    rows = rows.filter(tags__overlap=topic.tags) if topic.tags else rows.filter(space_id=topic.space_id)
    fields = ("kind", "title", "accepted_post_id", "accepted_at", "answer_count", "language")
    recent = list(rows.only(*fields).order_by(*ORDER)[: limit * RELATED_PER_SHOWN])
    return sorted(recent, key=lambda row: row.accepted_at is None)[:limit]  # stable: the most recent first in each


def topics_of(person: User, user: Anyone) -> QuerySet[Topic]:
    """What a person asked and opened, as another may see it."""
    return with_people(Topic.objects.listed_for(user).filter(author=person)).order_by("-created_at", "-pk")

"""Topic lists: keyset pages, unread counts, related topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import Http404

from community import topic_kinds
from community.models import Follow, ReadState, Topic
from community.models.reading import FRESH
from community.permissions import Anyone
from portal.accounts.permission_profile import Reader, ids_of, placeholder_profile, profile_of
from portal.accounts.permissions import is_member
from portal.core.db.compiled_queries import CompiledQuery, Placeholders
from portal.core.db.pagination import Key, Order, Page, after, page_of

ORDER = ("-last_posted_at", "-id")
RELATED_PER_SHOWN = 6
ROW_FIELDS = (
    "kind",
    "title",
    "language",
    "space_id",
    "author_id",
    "answer_count",
    "last_number",
    "accepted_post_id",
    "created_at",
    "last_posted_at",
    "is_locked",
    "version",
    "visibility",
    "reaction_count",
    "author__public_id",
    "author__display_name",
    "author__company_visible",
    "author_organization__name",
)
# Three columns instead of an object: a list is the page most often asked for.
SPACE_FIELDS = {
    "space_slug": F("space__slug"),
    "space_name_ja": F("space__name_ja"),
    "space_name_en": F("space__name_en"),
}


class Gone(Exception):
    """It was here and has been deleted."""


def with_people(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    """Load what a row shows, and nothing else, in the same statement."""
    rows = rows.select_related("author", "author_organization").only(*ROW_FIELDS)
    return rows.annotate(**SPACE_FIELDS)


def names_of_space(topic: Any) -> tuple[str, str, str]:
    """Return how the space of a row is called: address, Japanese, English."""
    return topic.space_slug, topic.space_name_ja, topic.space_name_en


def with_read_state(rows: QuerySet[Topic], user: Anyone) -> QuerySet[Topic]:
    """Annotate how far the user has read each topic: `read_to`, None for one never opened."""
    if not is_member(user):
        return rows
    states = ReadState.objects.filter(user_id=user.pk, topic=OuterRef("pk")).values(
        "last_read_number"
    )
    return rows.annotate(read_to=Subquery(states))


def listed(
    user: Anyone, kind: str, *, tab: str = "all", space: int | None = None, tag: str = ""
) -> QuerySet[Topic]:
    """The topics of a list as its address describes it."""
    rows = Topic.objects.listed_for(user).filter(kind=kind)
    if adjective := topic_kinds.get(kind).tab(tab).adjective:
        rows = getattr(rows, adjective)()
    if space is not None:
        rows = rows.filter(space_id=space)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    return with_read_state(with_people(rows), user)


@dataclass(frozen=True, slots=True)
class _List:
    """The shape of a list: everything but the values of its address and the reader's ids."""

    reader: Reader
    kind: str
    tab: str
    in_space: bool
    with_tag: bool
    direction: Order
    goes_on: bool  # after a place named by the address
    limit: int


def _list_page(shape: _List, values: Placeholders) -> QuerySet[Topic]:
    rows = listed(
        placeholder_profile(shape.reader, values),
        shape.kind,
        tab=shape.tab,
        space=values.number("space") if shape.in_space else None,
        tag=values.text("tag") if shape.with_tag else "",
    )
    place = [values.moment("moment"), values.number("id")] if shape.goes_on else None
    return after(rows, shape.direction, place)[: shape.limit]


_list_pages = CompiledQuery(_list_page)


def page_of_topics(
    user: Anyone,
    kind: str,
    *,
    tab: str = "all",
    space: int | None = None,
    tag: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[Topic]:
    """Return a page of a list. One statement."""

    def ask(direction: Order, key: Key | None, limit: int) -> list[Topic]:
        shape = _List(
            profile_of(user),
            kind,
            tab,
            space is not None,
            bool(tag),
            direction,
            key is not None,
            limit,
        )
        moment, pk = key or (None, None)
        return _list_pages.rows(shape, **ids_of(user), space=space, tag=tag, moment=moment, id=pk)

    return page_of(ask, order=ORDER, cursor=cursor, size=size)


def unread_in(topics: Iterable[Topic], user: Anyone, now: datetime) -> dict[int, int]:
    """Return by topic how many posts are new to the user (0 for one never opened); rows come
    `with_read_state`.
    """
    if not is_member(user):
        return {}
    since = max(user.date_joined, now - FRESH)
    unread: dict[int, int] = {}
    for row in topics:
        read_to: int | None = row.read_to  # type: ignore[attr-defined]  # annotated
        if read_to is None:
            if row.last_posted_at > since:
                unread[row.pk] = 0
        elif row.last_number > read_to:
            unread[row.pk] = row.last_number - read_to
    return unread


def _one_topic(shape: tuple[Reader, str], values: Placeholders) -> QuerySet[Topic]:
    reader, kind = shape
    user = placeholder_profile(reader, values)
    rows = with_read_state(Topic.objects.within_reach_of(user), user)
    if is_member(user):
        rows = rows.annotate(
            is_followed=Exists(Follow.objects.filter(user_id=user.pk, topic=OuterRef("pk")))
        )
    return rows.select_related("space").filter(kind=kind, pk=values.number("id"))


_topics = CompiledQuery(_one_topic)


def get_topic(user: Anyone, kind: str, pk: int) -> Any:
    """Return a topic to read, with where the reader stands in it.

    Raises Http404, Gone for a deleted one.
    """
    topic = _topics.first((profile_of(user), str(kind)), **ids_of(user), id=pk)
    if topic is None:
        raise Http404
    if topic.deleted_at is not None:
        raise Gone
    return topic


@dataclass(frozen=True, slots=True)
class _Related:
    reader: Reader
    kind: str
    tags: int
    limit: int


def _related(shape: _Related, values: Placeholders) -> QuerySet[Topic]:
    rows = Topic.objects.listed_for(placeholder_profile(shape.reader, values)).filter(
        kind=shape.kind
    )
    rows = rows.exclude(pk=values.number("id"))
    tags = [values.text(f"tag{n}") for n in range(shape.tags)]
    rows = rows.filter(tags__overlap=tags) if tags else rows.filter(space_id=values.number("space"))
    fields = ("kind", "title", "accepted_post_id", "accepted_at", "answer_count", "language")
    return rows.only(*fields).order_by(*ORDER)[: shape.limit]


_related_topics = CompiledQuery(_related)


def related_to(topic: Topic, user: Anyone, *, limit: int = 5) -> list[Topic]:
    """Other topics with a shared tag, else of the same space: among the most recently active,
    solved ones first.

    Only a bounded number is read, along the index of the lists: a popular tag costs no more than a
    rare one.
    """
    shape = _Related(profile_of(user), str(topic.kind), len(topic.tags), limit * RELATED_PER_SHOWN)
    tags = {f"tag{n}": tag for n, tag in enumerate(topic.tags)}
    recent = _related_topics.rows(shape, **ids_of(user), id=topic.pk, space=topic.space_id, **tags)
    return sorted(recent, key=lambda row: row.accepted_at is None)[
        :limit
    ]  # stable: the most recent first in each

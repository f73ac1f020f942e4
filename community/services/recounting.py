"""Computes the stored counters of topics, posts, spaces and tags again from the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Model, Q

from community.models import Follow, Post, Reaction, Space, Tag, Topic
from community.services.posts import recount
from community.services.spaces import tag_step

SHOWN = Q(deleted_at=None, hidden_at=None)


def recount_all(now: datetime) -> dict[str, int]:
    """Correct what is stored; return by aggregate how many rows were wrong."""
    return {
        "solved": _solved(),
        "topics": _topics(),
        "posts": _posts(),
        "spaces": _spaces(),
        "tags": _tags(),
    }


def _solved() -> int:
    """Topics whose accepted answer is away, or is back."""
    shown = Post.objects.filter(SHOWN)
    away = Topic.objects.filter(accepted_post__isnull=False).exclude(accepted_post__in=shown)
    back = Topic.objects.filter(
        accepted_post=None, pk__in=shown.filter(was_accepted_at__isnull=False).values("topic")
    )
    topics = Topic.objects.filter(pk__in={row.pk for rows in (away, back) for row in rows})
    for topic in topics.order_by("pk"):
        recount(topic)
    return len(topics)


def _topics() -> int:
    posts = Post.objects.filter(SHOWN).values("topic").order_by("topic")
    shown: dict[int, dict[str, Any]] = {
        found["topic"]: dict(found)
        for found in posts.annotate(
            answered=Count("pk", filter=Q(kind=Post.Kind.ANSWER)),
            commented=Count("pk", filter=Q(kind=Post.Kind.COMMENT)),
            first=Min("created_at", filter=Q(kind=Post.Kind.ANSWER)),
            last=Max("created_at"),
        )
    }
    marks = _count(Reaction.objects.values_list("post__topic", flat=True))
    follows = _count(Follow.objects.filter(tag=None).values_list("topic", flat=True))
    wrong = 0
    for topic in Topic.objects.select_for_update(of=("self",)).order_by("pk").iterator():
        row: dict[str, Any] = shown.get(topic.pk, {})
        wrong += _correct(
            topic,
            answer_count=row.get("answered", 0),
            comment_count=row.get("commented", 0),
            first_answered_at=row.get("first"),
            last_posted_at=row.get("last") or topic.last_posted_at,
            reaction_count=marks[topic.pk],
            follower_count=follows[topic.pk],
        )
    return wrong


def _posts() -> int:
    marks = Counter(Reaction.objects.values_list("post", "kind"))
    wrong = 0
    for post in Post.objects.order_by("pk").iterator():
        counts = {kind: marks[post.pk, kind] for kind in Reaction.Kind.values}
        up, down = counts.pop("up"), counts.pop("down")
        known = post.reactions
        same = all(known.get(kind, 0) == count for kind, count in counts.items())
        wrong += _correct(
            post, up_count=up, down_count=down, reactions=known if same else known | counts
        )
    return wrong


def _spaces() -> int:
    listed = _count(Topic.objects.filter(SHOWN).values_list("space", flat=True))
    return sum(_correct(row, topic_count=listed[row.pk]) for row in Space.objects.all())


def _tags() -> int:
    used = _count(
        slug
        for slugs, visibility in Topic.objects.filter(SHOWN).values_list("tags", "visibility")
        for slug in slugs * tag_step(visibility)
    )
    return sum(_correct(row, topic_count=used[row.slug]) for row in Tag.objects.all())


def _count(keys: Iterable[Any]) -> Counter[Any]:
    return Counter(keys)


def _correct(row: Model, **values: Any) -> bool:
    """Write what differs; say whether anything did. A topic's version says that it changed."""
    wrong = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not wrong:
        return False
    if isinstance(row, Topic):
        wrong["version"] = F("version") + 1
    type(row)._base_manager.filter(pk=row.pk).update(**wrong)  # noqa: SLF001  no public way in
    return True

"""Computes the stored counters of topics, posts, spaces and tags again from the rows."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from community.models import Post, Topic
from community.services.posts import recount

SHOWN = "deleted_at IS NULL AND hidden_at IS NULL"

TOPICS = """
UPDATE community_topic t SET version = version + 1, answer_count = c.answers,
    comment_count = c.comments, first_answered_at = c.first,
    last_posted_at = COALESCE(c.last, t.last_posted_at)
FROM (
    SELECT x.id, count(p.id) FILTER (WHERE p.kind = 'answer') AS answers,
        count(p.id) FILTER (WHERE p.kind = 'comment') AS comments,
        min(p.created_at) FILTER (WHERE p.kind = 'answer') AS first, max(p.created_at) AS last
    FROM community_topic x LEFT JOIN community_post p
        ON p.topic_id = x.id AND p.deleted_at IS NULL AND p.hidden_at IS NULL
    GROUP BY x.id
) c WHERE c.id = t.id AND (t.answer_count, t.comment_count, t.first_answered_at, t.last_posted_at)
    IS DISTINCT FROM (c.answers, c.comments, c.first, COALESCE(c.last, t.last_posted_at))
"""
REACTIONS = """
UPDATE community_topic t SET version = version + 1, reaction_count = c.n FROM (
    SELECT x.id, count(r.id) AS n FROM community_topic x
    LEFT JOIN community_post p ON p.topic_id = x.id LEFT JOIN community_reaction r ON r.post_id = p.id
    GROUP BY x.id
) c WHERE c.id = t.id AND t.reaction_count <> c.n
"""
FOLLOWERS = """
UPDATE community_topic t SET version = version + 1, follower_count = c.n FROM (
    SELECT x.id, count(f.id) AS n FROM community_topic x
    LEFT JOIN community_follow f ON f.topic_id = x.id GROUP BY x.id
) c WHERE c.id = t.id AND t.follower_count <> c.n
"""
POSTS = """
UPDATE community_post p SET up_count = c.up, down_count = c.down,
    reactions = p.reactions || jsonb_build_object('same', c.same, 'thanks', c.thanks)
FROM (
    SELECT x.id, count(r.id) FILTER (WHERE r.kind = 'up') AS up,
        count(r.id) FILTER (WHERE r.kind = 'down') AS down,
        count(r.id) FILTER (WHERE r.kind = 'same') AS same,
        count(r.id) FILTER (WHERE r.kind = 'thanks') AS thanks
    FROM community_post x LEFT JOIN community_reaction r ON r.post_id = x.id GROUP BY x.id
) c WHERE c.id = p.id AND (p.up_count, p.down_count, COALESCE((p.reactions->>'same')::int, 0),
    COALESCE((p.reactions->>'thanks')::int, 0)) IS DISTINCT FROM (c.up, c.down, c.same, c.thanks)
"""
SPACES = f"""
UPDATE community_space s SET topic_count = c.n FROM (
    SELECT x.id, count(t.id) AS n FROM community_space x
    LEFT JOIN (SELECT id, space_id FROM community_topic WHERE {SHOWN}) t ON t.space_id = x.id
    GROUP BY x.id
) c WHERE c.id = s.id AND s.topic_count <> c.n
"""  # noqa: S608  constants only
TAGS = f"""
UPDATE community_tag g SET topic_count = c.n FROM (
    SELECT x.id, count(t.id) AS n FROM community_tag x
    LEFT JOIN (
        SELECT id, unnest(tags) AS slug FROM community_topic
        WHERE {SHOWN} AND visibility IN ('public', 'members')
    ) t ON t.slug = x.slug
    GROUP BY x.id
) c WHERE c.id = g.id AND g.topic_count <> c.n
"""  # noqa: S608  constants only


def recount_all(now: datetime) -> dict[str, int]:
    """Correct what is stored; return by aggregate how many rows were wrong."""
    return {
        "solved": _solved(),
        "topics": _run(TOPICS),
        "topics' reactions": _run(REACTIONS),
        "topics' followers": _run(FOLLOWERS),
        "posts": _run(POSTS),
        "spaces": _run(SPACES),
        "tags": _run(TAGS),
    }


def _run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def _solved() -> int:
    """Topics whose accepted answer is away, or is back."""
    shown = Post.objects.filter(deleted_at=None, hidden_at=None)
    away = Topic.objects.filter(accepted_post__isnull=False).exclude(accepted_post__in=shown)
    back = Topic.objects.filter(
        accepted_post=None, pk__in=shown.filter(was_accepted_at__isnull=False).values("topic")
    )
    topics = Topic.objects.select_for_update().filter(
        pk__in=[*away.values_list("pk", flat=True), *back.values_list("pk", flat=True)]
    )
    for topic in topics.order_by("pk"):
        recount(topic)
    return len(topics)

"""Reactions: helpful, same here, thank you. Idempotent: setting one twice is setting it once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from community.events import ReactionAdded, ReactionRemoved
from community.models import Post, Reaction
from community.services.event_payloads import of_post, subject_of
from portal import events
from portal.accounts.models import User

OPPOSITE = {Reaction.Kind.UP: Reaction.Kind.DOWN, Reaction.Kind.DOWN: Reaction.Kind.UP}


@transaction.atomic
def react(*, post: Post, user: User, kind: str, now: datetime) -> bool:
    """Set a mark; a vote the other way round is taken off. False when it is there already."""
    kind = Reaction.Kind(kind)
    if kind in OPPOSITE and _take_off(post, user, OPPOSITE[kind]):
        _count(post, OPPOSITE[kind], -1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO community_reaction (post_id, user_id, kind, created_at, source, "
            "external_id) "
            "VALUES (%s, %s, %s, %s, '', '') ON CONFLICT DO NOTHING RETURNING id",
            [post.pk, user.pk, kind.value, now],
        )
        if cursor.fetchone() is None:
            return False
    _count(post, kind, 1)
    events.publish(
        ReactionAdded(**of_post(post.topic, post), reaction=kind.value, user_id=user.pk),
        subject=subject_of(post.topic),
        actor=user,
        organization=user.organization,
        now=now,
    )
    return True


@transaction.atomic
def unreact(*, post: Post, user: User, kind: str, now: datetime) -> bool:
    """Take a mark off; False when there is none."""
    kind = Reaction.Kind(kind)
    if not _take_off(post, user, kind):
        return False
    _count(post, kind, -1)
    events.publish(
        ReactionRemoved(**of_post(post.topic, post), reaction=kind.value, user_id=user.pk),
        subject=subject_of(post.topic),
        actor=user,
        organization=user.organization,
        now=now,
    )
    return True


def _take_off(post: Post, user: User, kind: Reaction.Kind) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM community_reaction WHERE post_id = %s AND user_id = %s AND kind = %s",
            [post.pk, user.pk, kind.value],
        )
        return bool(cursor.rowcount)


def _count(post: Post, kind: Reaction.Kind, step: int) -> None:
    """Move the counters of the post and of its topic in one statement."""
    counter = (
        f"{kind.value}_count = {kind.value}_count + %(step)s"
        if kind in OPPOSITE
        else "reactions = reactions || jsonb_build_object(%(kind)s::text, "
        "GREATEST(COALESCE((reactions->>%(kind)s)::int, 0) + %(step)s, 0))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH topic AS (UPDATE community_topic SET reaction_count = reaction_count + "  # noqa: S608  our own names; what people typed is a parameter
            "%(step)s, "
            f"version = version + 1 WHERE id = %(topic)s) UPDATE community_post SET {counter} "
            "WHERE id = %(post)s",
            {"kind": kind.value, "step": step, "topic": post.topic_id, "post": post.pk},
        )

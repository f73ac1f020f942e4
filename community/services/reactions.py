"""Marks on posts: helpful, same here, thank you. Setting one twice is setting it once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from community.events import ReactionAdded, ReactionRemoved
from community.facts import of_post, subject_of
from community.models import Post, Reaction, Topic
from portal import events
from portal.accounts.models import User

OPPOSITE = {Reaction.Kind.UP: Reaction.Kind.DOWN, Reaction.Kind.DOWN: Reaction.Kind.UP}


@transaction.atomic
def react(*, post: Post, user: User, kind: str, now: datetime) -> bool:
    """Set a mark; a vote the other way round is taken off. False when it is there already."""
    kind = Reaction.Kind(kind)
    if kind in OPPOSITE and Reaction.objects.filter(post=post, user=user, kind=OPPOSITE[kind]).delete()[0]:
        _count(post, OPPOSITE[kind], -1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO community_reaction (post_id, user_id, kind, created_at, source, external_id) "
            "VALUES (%s, %s, %s, %s, '', '') ON CONFLICT DO NOTHING RETURNING id",
            [post.pk, user.pk, kind.value, now],
        )
        if cursor.fetchone() is None:
            return False
    _count(post, kind, 1)
    events.publish(
        ReactionAdded(**of_post(post.topic, post), reaction=kind.value, user_id=user.pk),
        subject=subject_of(post.topic), actor=user, organization=user.organization, now=now,
    )  # fmt: skip
    return True


@transaction.atomic
def unreact(*, post: Post, user: User, kind: str, now: datetime) -> bool:
    """Take a mark off; False when there is none."""
    kind = Reaction.Kind(kind)
    if not Reaction.objects.filter(post=post, user=user, kind=kind).delete()[0]:
        return False
    _count(post, kind, -1)
    events.publish(
        ReactionRemoved(**of_post(post.topic, post), reaction=kind.value, user_id=user.pk),
        subject=subject_of(post.topic), actor=user, organization=user.organization, now=now,
    )  # fmt: skip
    return True


def _count(post: Post, kind: Reaction.Kind, step: int) -> None:
    if kind in OPPOSITE:
        Post.objects.filter(pk=post.pk).update(**{f"{kind}_count": F(f"{kind}_count") + step})
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE community_post SET reactions = reactions || jsonb_build_object(%s::text, "
                "GREATEST(COALESCE((reactions->>%s)::int, 0) + %s, 0)) WHERE id = %s",
                [kind.value, kind.value, step, post.pk],
            )
    Topic.objects.filter(pk=post.topic_id).update(reaction_count=F("reaction_count") + step, version=F("version") + 1)

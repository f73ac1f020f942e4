"""Reactions: helpful, same here, thank you. Idempotent: setting one twice is setting it once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from community.events import ReactionAdded, ReactionRemoved
from community.models import Post, Reaction, Topic
from community.services.event_payloads import of_post, subject_of
from portal import events
from portal.accounts.models import User
from portal.core.db.inserts import insert_once

OPPOSITE = {Reaction.Kind.UP: Reaction.Kind.DOWN, Reaction.Kind.DOWN: Reaction.Kind.UP}


@transaction.atomic
def react(*, post: Post, user: User, kind: str, now: datetime) -> bool:
    """Set a mark; a vote the other way round is taken off. False when it is there already."""
    kind = Reaction.Kind(kind)
    if kind in OPPOSITE and _take_off(post, user, OPPOSITE[kind]):
        _count(post, OPPOSITE[kind], -1)
    if not insert_once(Reaction(post=post, user=user, kind=kind, created_at=now)):
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
    return bool(Reaction.objects.filter(post=post, user=user, kind=kind).delete()[0])


def _count(post: Post, kind: Reaction.Kind, step: int) -> None:
    """Move the counters of the topic and of the post, locked in this order."""
    Topic.objects.filter(pk=post.topic_id).update(
        reaction_count=F("reaction_count") + step, version=F("version") + 1
    )
    if kind in OPPOSITE:
        name = f"{kind.value}_count"
        Post.objects.filter(pk=post.pk).update(**{name: F(name) + step})
        return
    row = Post.objects.select_for_update().only("reactions").get(pk=post.pk)
    row.reactions[kind.value] = max(row.reactions.get(kind.value, 0) + step, 0)
    row.save(update_fields=["reactions"])

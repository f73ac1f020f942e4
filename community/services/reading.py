"""Read positions and follows. Private to the user: no events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from community.models import Follow, ReadState, Tag, Topic
from community.models.reading import FRESH
from community.services.event_payloads import subject_of
from portal.accounts.models import User
from portal.core.db.inserts import insert_once
from portal.notifications.services import mark_subject_read


def begin_following(*, user: User, topic: Topic, now: datetime) -> int:
    """Follow a topic without touching its counter; return 1 when it was not followed before."""
    return int(insert_once(Follow(user=user, topic=topic, created_at=now)))


@transaction.atomic
def follow_topic(*, user: User, topic: Topic, now: datetime) -> bool:
    """Notify the user of new posts in a topic; False when they already follow it."""
    if not begin_following(user=user, topic=topic, now=now):
        return False
    Topic.objects.filter(pk=topic.pk).update(follower_count=F("follower_count") + 1)
    return True


@transaction.atomic
def unfollow_topic(*, user: User, topic: Topic) -> bool:
    """Stop notifying the user of new posts in a topic; False when they did not follow it."""
    if not Follow.objects.filter(user=user, topic=topic).delete()[0]:
        return False
    Topic.objects.filter(pk=topic.pk).update(follower_count=Greatest(F("follower_count") - 1, 0))
    return True


def follow_tag(*, user: User, tag: Tag, now: datetime) -> bool:
    """Notify the user of new questions with a tag; False when they already follow it."""
    _, created = Follow.objects.get_or_create(user=user, tag=tag, defaults={"created_at": now})
    return created


def unfollow_tag(*, user: User, tag: Tag) -> bool:
    return bool(Follow.objects.filter(user=user, tag=tag).delete()[0])


def note_read(*, user: User, topic: Topic, number: int, now: datetime) -> None:
    """Remember the furthest post the user has seen; going back changes nothing."""
    states = ReadState.objects.filter(user=user, topic=topic)
    seen: dict[str, Any] = {
        "last_read_number": Greatest(F("last_read_number"), number),
        "read_at": now,
    }
    if states.update(**seen):
        return
    if not insert_once(ReadState(user=user, topic=topic, last_read_number=number, read_at=now)):
        states.update(**seen)  # another tab was faster


@transaction.atomic
def mark_read(*, user: User, topic: Topic, number: int, now: datetime) -> None:
    """Record that the user has read up to this post, at most the last one, and mark their
    notifications about these posts as read.
    """
    seen = min(number, topic.last_number)
    note_read(user=user, topic=topic, number=seen, now=now)
    mark_subject_read(user=user, group_key=subject_of(topic), now=now, up_to=seen)


@transaction.atomic
def mark_all_read(*, user: User, kind: str, now: datetime) -> list[tuple[int, int]]:
    """Mark every topic of a kind as read; return what `put_back_unread` needs: (topic, number read
    so far; -1 for never).
    """
    topics = Topic.objects.listed_for(user).filter(kind=kind, last_posted_at__gt=now - FRESH)
    known = dict(
        ReadState.objects.filter(user=user, topic__kind=kind).values_list(
            "topic_id", "last_read_number"
        )
    )
    behind = Topic.objects.listed_for(user).filter(pk__in=known).only("pk", "last_number")
    unread = {topic.pk: topic for topic in [*topics.only("pk", "last_number"), *behind]}
    changed = [
        (pk, known.get(pk, -1))
        for pk, topic in unread.items()
        if known.get(pk, -1) < topic.last_number
    ]
    ReadState.objects.bulk_create(
        [
            ReadState(user=user, topic_id=pk, last_read_number=unread[pk].last_number, read_at=now)
            for pk, _ in changed
        ],
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=["last_read_number", "read_at"],
    )
    return changed


@transaction.atomic
def put_back_unread(*, user: User, states: list[tuple[int, int]]) -> None:
    """Undo `mark_all_read`."""
    never = [pk for pk, number in states if number < 0]
    ReadState.objects.filter(user=user, topic_id__in=never).delete()
    for pk, number in states:
        if number >= 0:
            ReadState.objects.filter(user=user, topic_id=pk).update(last_read_number=number)

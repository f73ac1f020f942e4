"""Accepting an answer, and withdrawing the acceptance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from community.events import AnswerAccepted, AnswerUnaccepted
from community.models import Post, Topic
from community.services.event_payloads import of_post, subject_of
from portal import audit, events
from portal.accounts.models import User


@transaction.atomic
def accept_answer(*, post: Post, actor: User, now: datetime) -> bool:
    """Mark an answer as the one that solved it, in place of an earlier one; False when it is marked
    already.
    """
    topic = Topic.objects.select_for_update().get(pk=post.topic_id)
    if post.kind != Post.Kind.ANSWER or not topic.spec.has_answers:
        raise ValueError("only an answer to a question can be accepted")
    if topic.accepted_post_id == post.pk:
        return False
    Topic.objects.filter(pk=topic.pk).update(
        accepted_post=post, accepted_at=now, accepted_by=actor, version=F("version") + 1
    )
    by_asker = actor.pk == topic.author_id
    hours = round((now - topic.created_at).total_seconds() / 3600, 2)
    events.publish(
        AnswerAccepted(**of_post(topic, post), by_asker=by_asker, waited_hours=hours),
        subject=subject_of(topic),
        actor=actor,
        organization=topic.author_organization,
        now=now,
    )
    if not by_asker:
        audit.record(
            "community.answer.accept", actor=actor, target=f"community.post:{post.pk}", now=now
        )
    return True


@transaction.atomic
def unaccept_answer(*, topic: Topic, actor: User, now: datetime) -> bool:
    """Take the mark off: the question is open again. False when there is none."""
    topic = (
        Topic.objects.select_for_update(of=("self",))
        .select_related("accepted_post")
        .get(pk=topic.pk)
    )
    post = topic.accepted_post
    if post is None:
        return False
    Topic.objects.filter(pk=topic.pk).update(
        accepted_post=None, accepted_at=None, accepted_by=None, version=F("version") + 1
    )
    events.publish(
        AnswerUnaccepted(**of_post(topic, post)),
        subject=subject_of(topic),
        actor=actor,
        organization=topic.author_organization,
        now=now,
    )
    if actor.pk != topic.author_id:
        audit.record(
            "community.answer.unaccept", actor=actor, target=f"community.post:{post.pk}", now=now
        )
    return True

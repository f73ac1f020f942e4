"""What staff told a customer as the public answer to their question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from community.models import Post, Topic
from community.permissions import can_answer
from community.services.accepting import accept_answer
from community.services.posts import TopicClosed, delete_post, post_answer
from portal.accounts.models import User
from portal.teams import public_answers
from portal.teams.public_answers import Answers, Closed, Posted

TOPIC, POST = "community.topic", "community.post"


def register() -> None:
    """Say how topics are answered; called from AppConfig.ready()."""
    public_answers.register(TOPIC, Answers(takes, waits, post, withdraw, accept, shown))


def _number(ref: str, noun: str) -> int:
    """Return the key in a reference, 0 where it is none of this noun."""
    name, _, number = ref.partition(":")
    return int(number) if name == noun and number.isdecimal() and len(number) < 18 else 0


def _question(subject: str) -> Topic | None:
    topic = Topic.objects.filter(pk=_number(subject, TOPIC), deleted_at=None).first()
    return topic if topic is not None and topic.spec.has_answers else None


def takes(subject: str, actor: User) -> bool:
    """Whether this staff member may answer the question."""
    topic = _question(subject)
    return topic is not None and can_answer(actor, topic)


def waits(subject: str) -> bool:
    """Whether the question has no answer yet."""
    topic = _question(subject)
    return topic is not None and topic.answer_count == 0


def post(subject: str, actor: User, text: str, now: datetime) -> Posted:
    """Post the words as this person's answer. Raises Closed."""
    topic = _question(subject)
    if topic is None or not can_answer(actor, topic):
        raise Closed
    try:
        answer = post_answer(topic=topic, author=actor, body=text, now=now)
    except TopicClosed as error:
        raise Closed from error
    return Posted(f"{POST}:{answer.pk}", f"{topic.get_absolute_url()}#{answer.anchor}")


def _post(ref: str) -> Post | None:
    return Post.objects.filter(pk=_number(ref, POST)).first()


def withdraw(ref: str, actor: User, now: datetime) -> bool:
    """Take the answer back; False when it is gone already."""
    answer = _post(ref)
    return answer is not None and delete_post(post=answer, actor=actor, now=now)


def accept(ref: str, asker: User, now: datetime) -> bool:
    """Mark the answer as what solved the question, where no other one is marked."""
    answer = _post(ref)
    if answer is None or answer.deleted_at is not None or answer.hidden_at is not None:
        return False
    open_question = Topic.objects.filter(
        pk=answer.topic_id, author=asker, accepted_post=None, deleted_at=None
    )
    return open_question.exists() and accept_answer(post=answer, actor=asker, now=now)


def shown(refs: Collection[str]) -> set[str]:
    """Which of these answers readers can see."""
    numbers = {number for ref in refs if (number := _number(ref, POST))}
    rows = Post.objects.filter(
        pk__in=numbers, deleted_at=None, hidden_at=None, topic__in=Topic.objects.listed()
    )
    return {f"{POST}:{pk}" for pk in rows.values_list("pk", flat=True)}

"""Questions without an answer, as those who wait for us."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from community.models import Topic
from portal.accounts.models import User
from portal.teams import waiting
from portal.teams.models import Told
from portal.teams.waiting import Queue, Waiting

SUBJECT = "community.topic:"


def register() -> None:
    """Add the queue; called from AppConfig.ready()."""
    waiting.register_queue("questions", Queue(oldest, count))


def said_solved() -> Exists:
    """Whether the asker said of an update of ours that it solved the question."""
    subject = Concat(Value(SUBJECT), Cast(OuterRef("pk"), CharField()))
    return Exists(
        Told.objects.filter(subject=subject, person=OuterRef("author"), answer=Told.Answer.YES)
    )


def questions(reader: User) -> QuerySet[Topic]:
    """Customers' questions that nobody has answered, as far as this person may read them."""
    rows = Topic.objects.listed_for(reader).unanswered()
    return rows.exclude(author_organization__is_own=True).exclude(said_solved())


def oldest(reader: User, limit: int) -> Sequence[Waiting]:
    """Return those that wait longest."""
    rows = questions(reader).select_related("author_organization").order_by("created_at", "pk")
    return [
        Waiting(
            subject=f"{SUBJECT}{topic.pk}",
            title=topic.title,
            url=topic.get_absolute_url(),
            since=topic.created_at,
            organization=topic.author_organization,
        )
        for topic in rows[:limit]
    ]


def count(reader: User, without: Collection[str]) -> int:
    """Return how many wait, leaving out those a signal speaks of."""
    numbers = {
        int(number)
        for subject in without
        if (number := subject.removeprefix(SUBJECT)) != subject and number.isdecimal()
    }
    return questions(reader).exclude(pk__in=numbers).count()

"""Events and signals for tests, written straight into the log: the teams app knows customers only
by their events.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from portal.accounts.models import User
from portal.events.models import Event
from portal.teams.models import Signal, SignalRule, Team
from portal.teams.registry import Finding
from portal.teams.services import raise_signal
from tests.people import NOW

numbers = count(1)


def fact(name: str, actor: User, *, topic: int = 42, at: datetime = NOW, **payload: Any) -> Event:
    """Write one fact about a topic."""
    values = {
        "title": "請求書の締め日を変えたい",
        "url": f"/questions/{topic}/",
        "topic_id": topic,
        "number": 1,
    }
    return Event.objects.create(
        name=name,
        subject=f"community.topic:{topic}",
        actor_id=actor.pk,
        organization_id=actor.organization_id,
        payload=values | payload,
        occurred_at=at,
    )


def asked(user: User, *, topic: int = 42, at: datetime = NOW, hours_ago: float = 0) -> Event:
    return fact(
        "community.question.posted",
        user,
        topic=topic,
        at=at - timedelta(hours=hours_ago),
        author_id=user.pk,
    )


def answered(user: User, *, topic: int = 42, at: datetime = NOW) -> Event:
    return fact("community.answer.posted", user, topic=topic, at=at, number=2)


def rule(code: str) -> SignalRule:
    return SignalRule.objects.select_related("team", "stand_in").get(code=code)


def lead(team: str, user: User) -> None:
    Team.objects.filter(name=team).update(lead=user)


def raised(
    person: User, *, lead: User | None = None, code: str = "R01", at: datetime = NOW
) -> Signal:
    """One signal about a customer's question."""
    if lead is not None:
        Team.objects.filter(name="support").update(lead=lead)
    number = next(numbers)
    signal = raise_signal(
        rule=rule(code),
        now=at,
        finding=Finding(
            subject=f"community.topic:{1000 + number}",
            title="請求書の締め日を変えたい",
            url="/",
            occurred_at=at,
            organization_id=person.organization_id,
            person_id=person.pk,
            facts={"hours": 4},
        ),
    )
    assert signal is not None
    return signal

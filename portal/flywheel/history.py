"""Loads everything the formulas need at once: turns with their stages, questions with first
answers, participants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from portal.accounts.models import Membership, Organization
from portal.engagement.models import PointEntry
from portal.events.models import Event
from portal.flywheel.models import Evidence, TurnStage
from portal.flywheel.rules.momentum import TurnFacts, Unit, units
from portal.flywheel.stage_registry import Measured, events_counted_as


@dataclass(frozen=True)
class Question:
    """A customer's question and when somebody else first answered it."""

    topic: int
    title: str
    url: str
    organization_id: int | None
    asked_at: datetime
    answered_at: datetime | None


@dataclass
class Data:
    """The past as the formulas see it; every metric can be asked for any moment of it."""

    turns: list[TurnFacts]
    questions: list[Question]
    accepted: list[tuple[datetime, bool, str, str]]  # when, by a customer, title, url
    took_part: list[tuple[int, int, datetime]]  # company, person, when
    companies: dict[int, Organization]
    first_posts: dict[int, datetime]
    won: list[tuple[int, datetime]]  # introduced company, when
    recorded: list[tuple[datetime, str, int | None]]  # when, title, introducing company
    customers: dict[int, datetime] = field(default_factory=dict)  # company, customer since

    @cached_property
    def units(self) -> list[Unit]:
        return units(self.turns)


def load(now: datetime) -> Data:
    """Read it all; some queries, whatever the number of metrics."""
    companies = {row.pk: row for row in Organization.objects.all()}
    own = {pk for pk, row in companies.items() if row.is_own}
    posts = _first_posts()
    return Data(
        turns=_turns(now),
        questions=_questions(now, own),
        accepted=_accepted(now, own),
        took_part=[
            (company, person, at)
            for company, person, at in PointEntry.objects.filter(
                at__lte=now, at__gt=now - timedelta(days=400), organization__isnull=False
            ).values_list("organization_id", "user_id", "at")
            if company is not None and company not in own
        ],
        companies=companies,
        first_posts=posts,
        won=_won(now),
        recorded=_recorded(now),
        customers={
            pk: row.became_customer_at
            for pk, row in companies.items()
            if row.became_customer_at is not None and pk not in own
        },
    )


def _turns(now: datetime) -> list[TurnFacts]:
    stages: dict[int, dict[str, datetime]] = defaultdict(dict)
    company: dict[int, int | None] = {}
    rows = TurnStage.objects.filter(at__lte=now, turn__is_own=False, turn__started_at__isnull=False)
    for turn, organization, stage, at in rows.values_list(
        "turn_id", "turn__organization_id", "stage", "at"
    ):
        stages[turn][stage] = at
        company[turn] = organization
    return [TurnFacts(turn, company[turn], reached) for turn, reached in sorted(stages.items())]


def _events(names: Iterable[str], now: datetime) -> list[Event]:
    rows = Event.objects.filter(name__in=list(names), occurred_at__lte=now).order_by(
        "occurred_at", "pk"
    )
    return list(
        rows.only("name", "occurred_at", "payload", "organization_id", "actor_id", "subject")
    )


def _questions(now: datetime, own: set[int]) -> list[Question]:
    first: dict[int, datetime] = {}
    askers: dict[int, int | None] = {}
    asked = [
        row
        for row in _events(events_counted_as(Measured.QUESTION), now)
        if row.organization_id not in own
    ]
    for row in asked:
        askers[int(row.payload.get("topic_id") or 0)] = row.actor_id
    for row in _events(events_counted_as(Measured.ANSWER), now):
        topic = int(row.payload.get("topic_id") or 0)
        if topic in askers and row.actor_id != askers[topic]:
            first.setdefault(topic, row.occurred_at)
    return [
        Question(
            topic=(topic := int(row.payload.get("topic_id") or 0)),
            title=str(row.payload.get("title", "")),
            url=str(row.payload.get("url", "")),
            organization_id=row.organization_id,
            asked_at=row.occurred_at,
            answered_at=first.get(topic),
        )
        for row in asked
    ]


def _accepted(now: datetime, own: set[int]) -> list[tuple[datetime, bool, str, str]]:

    staff = set(
        Membership.objects.filter(organization_id__in=own).values_list("user_id", flat=True)
    )
    return [
        (
            row.occurred_at,
            row.payload.get("author_id") not in staff,
            str(row.payload.get("title", "")),
            str(row.payload.get("url", "")),
        )
        for row in _events(events_counted_as(Measured.SOLUTION), now)
    ]


def _first_posts() -> dict[int, datetime]:

    rows = Evidence.objects.filter(kind="S7").values_list("organization_id", "at")
    return {company: at for company, at in rows if company is not None}


def _won(now: datetime) -> list[tuple[int, datetime]]:
    return [
        (company, row.occurred_at)
        for row in _events(events_counted_as(Measured.SALE), now)
        if (company := row.payload.get("referee_organization_id"))
    ]


def _recorded(now: datetime) -> list[tuple[datetime, str, int | None]]:
    return [
        (
            row.occurred_at,
            str(row.payload.get("title", "")),
            row.payload.get("referrer_organization_id"),
        )
        for row in _events(events_counted_as(Measured.INTRODUCTION), now)
    ]

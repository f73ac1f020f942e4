"""Each figure's definition, asked of the database a second time and independently, on random
histories.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from portal.accounts.models import Organization
from portal.engagement.models import PointEntry
from portal.events.models import Event
from portal.flywheel.history import load
from portal.flywheel.metric_registry import metric
from portal.flywheel.models import Turn, TurnStage
from tests.people import NOW
from tests.world import World

pytestmark = pytest.mark.django_db
STAGES = ("S1", "S2", "S3", "S4", "S4V", "S5")

REACHED = """
    SELECT {part}, count(*) FROM (
        SELECT b.at AS came, a.at AS went FROM flywheel_turnstage b
        JOIN flywheel_turn t ON t.id = b.turn_id AND NOT t.is_own AND t.started_at IS NOT NULL
        LEFT JOIN flywheel_turnstage a ON a.turn_id = b.turn_id AND a.stage = '{after}'
            AND a.at <= %(now)s
        WHERE b.stage = '{before}' AND b.at <= %(now)s - interval '{wait} days'
            AND b.at > %(now)s - interval '{days} days' - interval '{wait} days'
    ) x"""
WITHIN = "count(*) FILTER (WHERE went - came <= interval '{wait} days')"
PEOPLE = """
    SELECT count(*), NULL FROM (
        SELECT p.organization_id FROM engagement_pointentry p
        JOIN accounts_organization o ON o.id = p.organization_id AND NOT o.is_own
        WHERE p.at <= %(now)s AND p.at > %(now)s - interval '{days} days'
        GROUP BY 1 HAVING count(DISTINCT p.user_id) >= {people}) x"""
ANSWERED = """
    SELECT count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM events_event a WHERE a.name = 'community.answer.posted'
        AND a.payload->>'topic_id' = q.payload->>'topic_id' AND a.actor_id <> q.actor_id
        AND a.occurred_at <= q.occurred_at + interval '7 days')), count(*)
    FROM events_event q LEFT JOIN accounts_organization o ON o.id = q.organization_id
    WHERE q.name = 'community.question.posted' AND NOT COALESCE(o.is_own, false)
        AND q.occurred_at <= %(now)s - interval '7 days'
        AND q.occurred_at > %(now)s - interval '97 days'"""


def went_on(before: str, after: str, wait: int, days: int) -> str:
    part = WITHIN.format(wait=wait)
    return REACHED.format(part=part, before=before, after=after, wait=wait, days=days)


SQL = {
    "confirm_rate": went_on("S1", "S4V", 30, 90),
    "told_rate": went_on("S3", "S4", 7, 90),
    "advocacy": went_on("S4V", "S5", 30, 180),
    "inertia": PEOPLE.format(days=90, people=2),
    "active": PEOPLE.format(days=28, people=1),
    "answered": ANSWERED,
}


def live(world: World, dice: Random) -> None:
    """Some months of turns, questions, answers and taking part, at random."""
    people = [world.person(name) for name in ("aki", "ren", "mio", "daniel", "sato")]
    companies = list(Organization.objects.all())
    for number in range(80):
        at = NOW - timedelta(days=dice.uniform(0, 300))
        company = dice.choice(companies)
        turn = Turn.objects.create(
            subject=f"x.voice:{number}",
            organization=company,
            started_at=at,
            is_own=company.is_own,
        )
        for stage in STAGES[: dice.randint(1, len(STAGES))]:
            TurnStage.objects.create(turn=turn, stage=stage, at=at, event_id=number + 1)
            at += timedelta(days=dice.choice((0, 1, 6, 7, 8, 20, 31)))
        asker, other = dice.sample(people, 2)
        asked = NOW - timedelta(days=dice.uniform(0, 120))
        _fact("community.question.posted", asker, number, asked)
        if dice.random() < 0.8:
            wait = timedelta(days=dice.choice((0, 1, 6.9, 7, 7.1, 30)))
            _fact("community.answer.posted", dice.choice((asker, other)), number, asked + wait)
        person = dice.choice(people)
        PointEntry.objects.create(
            user=person,
            organization_id=person.organization_id,
            event_id=number,
            event_name="x",
            weight=1,
            counted=True,
            at=NOW - timedelta(days=dice.choice((1, 27, 28, 29, 89, 90, 91, 200))),
        )


def _fact(name: str, actor: Any, topic: int, at: Any) -> None:
    Event.objects.create(
        name=name,
        subject=f"community.topic:{topic}",
        actor_id=actor.pk,
        organization_id=actor.organization_id,
        payload={"topic_id": topic, "title": "t", "url": "/"},
        occurred_at=at,
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_equals_its_definition_in_sql(world: World, seed: int) -> None:
    live(world, Random(seed))
    data = load(NOW)
    for name, sql in SQL.items():
        with connection.cursor() as cursor:
            cursor.execute(sql, {"now": NOW})
            part, whole = cursor.fetchone()
        found = metric(name)
        assert found is not None
        value = found.value(data, NOW)
        if whole is None:
            assert value.number == part, name
        else:
            assert whole > 0, name
            assert (value.number, value.n) == (part / whole, whole), name

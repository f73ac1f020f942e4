"""Events become turns; late, duplicated and reordered events give the same turns."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.flywheel import services
from portal.flywheel.models import Evidence, Turn, TurnStage
from portal.flywheel.rebuilding import rebuild
from portal.flywheel.rules.stages import Stage
from tests.people import NOW
from tests.portal.flywheel import story
from tests.portal.teams.facts import asked, fact
from tests.world import World

pytestmark = pytest.mark.django_db


def picture() -> list[Any]:
    """Everything there is to know about turns, without the numbers of rows."""
    stages = TurnStage.objects.order_by("turn__subject", "stage").values_list(
        "turn__subject", "stage", "event_id", "at"
    )
    turns = Turn.objects.filter(started_at__isnull=False).order_by("subject")
    return [
        *stages,
        *turns.values_list(
            "subject",
            "title",
            "stage",
            "organization_id",
            "person_id",
            "confirmed_at",
            "closed_at",
            "previous__subject",
        ),
    ]


def wipe() -> None:
    TurnStage.objects.all().delete()
    Turn.objects.all().delete()
    Evidence.objects.all().delete()


def test_the_whole_story_is_one_turn_and_the_newcomer_starts_the_next(world: World) -> None:
    for event in story.tell(world):
        story.take(event)
    first = Turn.objects.get(subject="community.topic:42")
    assert set(first.stages.values_list("stage", flat=True)) == set(Stage.values)
    assert first.closed_at == NOW - timedelta(days=15)
    assert Turn.objects.get(subject="community.topic:77").previous == first


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_doubles_give_the_same_turns(world: World, seed: int) -> None:
    facts = story.tell(world)
    facts.append(
        fact(
            "teams.customer.confirmed",
            world.person("aki"),
            at=facts[3].occurred_at + timedelta(hours=1),
            answer="no",
            about="community.topic:42",
        )
    )
    facts.append(
        fact(
            "teams.customer.told",
            world.person("sato"),
            at=facts[3].occurred_at + timedelta(hours=9),
            about="community.topic:42",
        )
    )
    for event in facts:
        story.take(event)
    expected = picture()
    wipe()
    dice = random.Random(seed)
    shuffled = facts + dice.sample(facts, 4)
    dice.shuffle(shuffled)
    for event in shuffled:
        story.take(event)
    assert picture() == expected
    rebuild(now=NOW)
    assert picture() == expected


def test_an_accepted_answer_is_update_and_confirmation_and_the_helpers_advocacy(
    aki: User, mio: User
) -> None:
    asked(mio, topic=7, hours_ago=900)
    for event in (
        fact(
            "community.question.posted", mio, topic=7, at=NOW - timedelta(days=30), asker_id=mio.pk
        ),
        fact(
            "community.answer.accepted",
            mio,
            topic=7,
            at=NOW - timedelta(days=29),
            asker_id=mio.pk,
            author_id=aki.pk,
            by_asker=True,
        ),
        fact(
            "community.question.posted", aki, topic=8, at=NOW - timedelta(days=20), asker_id=aki.pk
        ),
        fact(
            "community.answer.accepted",
            aki,
            topic=8,
            at=NOW - timedelta(days=19),
            asker_id=aki.pk,
            author_id=mio.pk,
            by_asker=True,
        ),
    ):
        story.take(event)
    turn = Turn.objects.get(subject="community.topic:7")
    assert turn.confirmed_at == NOW - timedelta(days=29)
    assert turn.stage == Stage.ADVOCACY  # northfield was helped, and has helped acme since
    assert Turn.objects.get(subject="community.topic:8").stage == Stage.CONFIRMED


def test_taking_the_acceptance_back_opens_the_turn(aki: User, mio: User) -> None:
    for name, hours in (
        ("community.question.posted", 9),
        ("community.answer.accepted", 8),
        ("community.answer.unaccepted", 7),
    ):
        story.take(
            fact(
                name,
                aki,
                at=NOW - timedelta(hours=hours),
                asker_id=aki.pk,
                author_id=mio.pk,
                by_asker=True,
            )
        )
    assert Turn.objects.get().stage == Stage.VOICE


def test_silence_confirms_and_not_yet_takes_it_back(aki: User, sato: User) -> None:
    story.take(fact("community.question.posted", aki, at=NOW - timedelta(days=30), asker_id=aki.pk))
    told = {"about": "community.topic:42", "person_id": aki.pk}
    event = fact("teams.customer.told", sato, at=NOW - timedelta(days=20), **told)
    story.take(event, now=NOW - timedelta(days=19))
    assert Turn.objects.get().confirmed_at is None
    assert services.confirm_by_silence(now=NOW) == 1
    assert TurnStage.objects.get(stage=Stage.CONFIRMED).by_silence
    assert services.confirm_by_silence(now=NOW) == 0
    story.take(fact("community.reaction.added", aki))
    story.take(
        fact("teams.signal.claimed", sato, at=NOW - timedelta(days=25), **told)
    )  # a late fact does not undo it
    assert Turn.objects.get().confirmed_at == NOW - timedelta(days=6)
    story.take(fact("teams.customer.confirmed", aki, at=NOW, answer="no", **told))
    assert Turn.objects.get().confirmed_at is None


def test_what_the_host_begins_is_never_counted(sato: User) -> None:
    story.take(asked(sato))
    assert Turn.objects.get().is_own

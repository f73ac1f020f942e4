"""Turns are settled from what is committed: in parallel, in both orders, after a lost wake-up."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from portal.accounts.services import create_organization, create_user
from portal.events import dispatch
from portal.events.models import Event
from portal.flywheel import services
from portal.flywheel.models import Turn, Unsettled
from portal.flywheel.rules.stages import Stage
from tests.people import NOW, make_companies, make_person
from tests.portal.flywheel import story
from tests.portal.teams.facts import fact
from tests.world import World


def together(*events: Event, last: int) -> None:
    """Note each event on a connection of its own, all uncommitted at the same time; the one at
    `last` commits last. Each settles after its own commit, as the dispatcher does.
    """
    noted, others = Barrier(len(events)), Barrier(len(events))
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            with transaction.atomic():
                services.note(events[number])
                noted.wait(20)
                if number == last:
                    others.wait(20)
            if number != last:
                others.wait(20)
            services.settle_waiting(NOW)
        except BaseException as error:
            failed.append(error)
            noted.abort()
            others.abort()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(events))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


@pytest.mark.parametrize("last", [0, 1])
def test_a_win_and_the_newcomers_first_question_at_the_same_moment(
    committed: None, last: int
) -> None:
    companies = make_companies()
    world = World()
    world.__dict__["companies"] = companies
    facts = story.tell(world)
    story.take(*facts[:-2])
    together(*facts[-2:], last=last)
    turn = Turn.objects.get(subject="community.topic:42")
    assert turn.stage == Stage.FIRST_POST
    assert Turn.objects.get(subject="community.topic:77").previous == turn
    assert not Unsettled.objects.exists()


@pytest.mark.django_db
def test_the_sweep_settles_what_a_crash_left_behind(world: World) -> None:
    for event in story.tell(world):
        services.note(event)  # and the process dies before it settles
    Event.objects.update(dispatched_at=NOW)
    assert not Turn.objects.exists()
    dispatch.run_pending(now=NOW)
    assert Turn.objects.get(subject="community.topic:42").stage == Stage.FIRST_POST


@pytest.mark.django_db
def test_every_company_won_along_a_turn_is_linked(world: World) -> None:
    facts = story.tell(world)
    story.take(*facts)
    aki = world.person("aki")
    company = create_organization(name="ふたつめ商会", now=NOW, domains=("two.example",))
    person = create_user(
        email="a@two.example", display_name="二見 二", organization=company, now=NOW
    )
    introduced = {
        "referral_id": "r2",
        "referrer_id": aki.pk,
        "referrer_organization_id": aki.organization_id,
        "referee_organization_id": company.pk,
    }
    at = facts[-1].occurred_at
    asked = fact(
        "community.question.posted", person, topic=78, at=at + timedelta(days=3), asker_id=person.pk
    )
    story.take(
        asked,
        fact("referrals.referral.won", aki, at=at + timedelta(days=2), **introduced),
        fact("referrals.referral.recorded", aki, at=at - timedelta(days=20), **introduced),
    )
    first = Turn.objects.get(subject="community.topic:42")
    assert set(first.next_turns.values_list("subject", flat=True)) == {
        "community.topic:77",
        "community.topic:78",
    }


def test_what_cannot_be_settled_holds_up_nothing_else(
    db: None, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = services.settle_subject

    def settle(subject: str, **more: object) -> set[int]:
        if subject == "community.topic:1":
            raise ValueError(subject)
        return good(subject, now=NOW)

    monkeypatch.setattr(services, "settle_subject", settle)
    aki = make_person("aki", world.companies)
    for topic in (1, 2):
        services.note(fact("community.question.posted", aki, topic=topic, asker_id=aki.pk))
    services.settle_waiting(NOW)
    assert set(Turn.objects.values_list("subject", flat=True)) == {"community.topic:2"}
    kept = Unsettled.objects.get()
    assert (kept.key, kept.tries > 0) == ("subject:community.topic:1", True)
    monkeypatch.undo()
    services.settle_waiting(NOW)
    assert Turn.objects.filter(subject="community.topic:1", started_at=NOW).exists()

"""Events become participation exactly once, under caps, never for staff or among colleagues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction
from django.test import Client

from portal import events
from portal.accounts.models import User
from portal.accounts.services import create_user
from portal.engagement import registry, selectors, services
from portal.engagement.models import Participation, PointEntry
from portal.events import Payload, dispatch, event_type
from portal.events.models import Event, FailedHandling
from tests.people import NOW

pytestmark = pytest.mark.django_db


@event_type("tests.thing.done")
@dataclass(frozen=True)
class ThingDone(Payload):
    """Something a person did, perhaps for another."""

    author_id: int | None = None


@pytest.fixture(autouse=True)
def weights() -> Iterator[None]:
    with registry.weights.temporarily({}):
        registry.weigh("tests.thing.done", 4, per_day_cap=2)
        yield


def do(user: User, *, days: float = 0, author: User | None = None) -> Event:
    with transaction.atomic():
        return events.publish(
            ThingDone(author_id=author.pk if author else None),
            subject="tests.thing:1",
            actor=user,
            now=NOW + timedelta(days=days),
        )


def test_an_event_counts_for_its_actor_and_their_company(aki: User) -> None:
    do(aki)
    dispatch.run_pending()
    assert selectors.current_value(aki, NOW) == pytest.approx(4.0)
    assert aki.organization is not None
    assert selectors.current_company_value(aki.organization, NOW) == pytest.approx(4.0)


def test_a_person_without_a_company_participates(aki: User) -> None:
    alone = create_user(email="alone@example.com", display_name="ひとり", now=NOW)
    do(alone)
    do(alone, days=1)
    do(alone, days=0.5, author=aki)
    dispatch.run_pending()
    assert not FailedHandling.objects.exists()
    assert PointEntry.objects.filter(user=alone, organization=None).count() == 3
    score = Participation.objects.get()
    assert (score.user, score.organization) == (alone, None)
    assert score.score == pytest.approx(services.recount(alone.pk))
    assert score.last_at == NOW + timedelta(days=1)


def test_a_replayed_fact_counts_once(aki: User) -> None:
    event = do(aki)
    dispatch.run_pending()
    services.count_event(event)
    services.count_event(event)
    assert PointEntry.objects.count() == 1
    assert selectors.current_value(aki, NOW) == pytest.approx(4.0)


def test_the_daily_cap_keeps_the_earliest_in_any_order_of_arrival(aki: User) -> None:
    scores = set()
    facts = [do(aki, days=0.1), do(aki, days=0.2), do(aki, days=0.05)]
    for order in permutations(facts):
        PointEntry.objects.all().delete()
        Participation.objects.all().delete()
        for fact in order:
            services.count_event(fact)
        scores.add(round(Participation.objects.get(user=aki).score, 6))
        assert Participation.objects.get(user=aki).score == pytest.approx(services.recount(aki.pk))
    assert len(scores) == 1


def test_staff_never_score(sato: User) -> None:
    do(sato)
    dispatch.run_pending()
    assert not Participation.objects.exists()


def test_colleagues_and_staff_cannot_lift_a_person(
    aki: User, ren: User, mio: User, sato: User
) -> None:
    with registry.weights.temporarily({}):
        registry.weigh(
            "tests.thing.done", 4, subject="author_id", counterpart="actor", per_counterpart_week=1
        )
        for giver in (ren, sato, aki):
            do(giver, author=aki)
        dispatch.run_pending()
        assert selectors.current_value(aki, NOW) == 0
        do(mio, author=aki)
        do(mio, author=aki, days=0.01)
        dispatch.run_pending()
    assert selectors.current_value(aki, NOW) == pytest.approx(4.0)


def test_staff_see_breadth_and_customers_do_not(
    aki: User, mio: User, sato: User, client: Client
) -> None:
    do(aki)
    dispatch.run_pending()
    assert aki.organization is not None
    client.force_login(sato)
    page = client.get(f"/staff/organizations/{aki.organization.public_id}/")
    assert 'data-panel="engagement"' in page.content.decode()
    client.force_login(mio)
    assert (
        'data-panel="engagement"' not in client.get(f"/members/{aki.public_id}/").content.decode()
    )


def test_erasing_takes_the_numbers_away(aki: User) -> None:
    do(aki)
    dispatch.run_pending()
    services.erase(aki, NOW)
    assert not PointEntry.objects.filter(user=aki).exists()
    assert not Participation.objects.filter(user=aki).exists()

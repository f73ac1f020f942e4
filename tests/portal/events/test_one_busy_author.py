"""Many events of the same people, dispatched by several workers: nobody is locked up."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from community import services
from portal.engagement.models import Participation, PointEntry
from portal.engagement.services import recount
from portal.events import dispatch
from portal.events.models import Event, FailedHandling
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.world import World

WORKERS = 4


@pytest.mark.usefixtures("committed")
def test_batches_of_one_author_and_of_those_who_answer_crosswise() -> None:
    world = World()
    aki, mio = world.person("aki"), world.person("mio")
    for turn in range(12):
        asker, helper = (aki, mio) if turn % 2 else (mio, aki)
        topic = a_question(asker)
        post = an_answer(topic, helper)
        services.accept_answer(post=post, actor=asker, now=NOW)
    waiting = Event.objects.filter(dispatched_at=None).count()
    barrier, raised = Barrier(WORKERS), []

    def work() -> None:
        try:
            barrier.wait(10)
            while dispatch.dispatch_batch(now=NOW, size=3):
                pass
        except Exception as error:  # noqa: BLE001  the test looks at it
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert waiting > 30
    assert not raised
    assert not Event.objects.filter(dispatched_at=None).exists()
    assert not FailedHandling.objects.exists()
    assert PointEntry.objects.filter(user=aki).exists()
    for person in (aki, mio):
        assert Participation.objects.get(user=person).score == pytest.approx(recount(person.pk))


@pytest.mark.usefixtures("committed")
def test_two_batches_take_their_locks_in_one_order() -> None:
    """What both are about is locked in the same order, whatever the order of the events."""
    events = [
        Event(name="tests.x.done", subject=f"tests.x:{n}", actor_id=n, payload={"author_id": 9 - n})
        for n in range(1, 9)
    ]
    barrier, raised = Barrier(2), []

    def lock(mine: list[Event]) -> None:
        try:
            barrier.wait(10)
            for _ in range(40):
                with transaction.atomic():
                    dispatch._queue_up(mine)
        except Exception as error:  # noqa: BLE001  the test looks at it
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=lock, args=(order,)) for order in (events, events[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not raised

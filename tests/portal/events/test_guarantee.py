"""Exactly-once handling of events.

Events belong to their transaction; listeners fail alone, are retried, parked, replayed; killed
workers lose nothing.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import typing
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from portal import audit, events
from portal.audit.models import AuditEntry
from portal.events import Payload, dispatch, event_type, registry
from portal.events.models import Event, FailedHandling
from portal.events.services import OutsideTransaction
from tests.people import NOW


@event_type("tests.step.taken")
@dataclasses.dataclass(frozen=True)
class StepTaken(Payload):
    """Something happened."""

    title: str = "t"


@pytest.fixture
def heard() -> Iterator[None]:
    """Only the listeners of this test listen."""
    with registry._listeners.temporarily({}):
        yield


def take_step(count: int = 1) -> list[Event]:
    with transaction.atomic():
        return [
            events.publish(StepTaken(), subject=f"tests.step:{n}", now=NOW) for n in range(count)
        ]


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_rows(heard: Any) -> None:
    with pytest.raises(OutsideTransaction):
        events.publish(StepTaken(), subject="x", now=NOW)
    with transaction.atomic():
        events.publish(StepTaken(), subject="x", now=NOW)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_an_undeclared_fact_is_refused() -> None:
    @dataclasses.dataclass(frozen=True)
    class Undeclared(Payload):
        pass

    with pytest.raises(ValueError, match="declared"):
        events.publish(Undeclared(), subject="x", now=NOW)
    for bad in ("tests.step", "Tests.step.taken", "tests.step.taken.twice"):
        with pytest.raises(ValueError, match="past_verb"):
            event_type(bad)


PLAIN = (str, int, float, bool, type(None), list, dict)


@pytest.mark.parametrize("name", sorted(registry.types()))
def test_every_payload_is_typed_small_and_plain(name: str) -> None:
    kind = registry.types()[name]
    assert dataclasses.is_dataclass(kind)
    assert kind.__doc__
    hints = {key: hint for key, hint in typing.get_type_hints(kind).items() if key != "event_name"}
    assert "title" in hints or name.startswith("tests.") or not hints, (
        f"{name} does not say what it is about"
    )
    for key, hint in hints.items():
        for part in typing.get_args(hint) or (hint,):
            base = typing.get_origin(part) or part
            assert base in (*PLAIN, object, Any) or base is typing.Any, f"{name}.{key} is {hint}"


@pytest.mark.django_db
def test_a_failing_listener_fails_alone_and_is_retried_parked_and_replayed(heard: Any) -> None:
    broken = {"is": True}

    @events.on("tests.step.taken")
    def works(event: Event) -> None:
        audit.record("tests.effect.made", actor=None, target=f"events.event:{event.pk}", now=NOW)

    @events.on("tests.step.taken")
    def fails(event: Event) -> None:
        Event.objects.filter(pk=event.pk).update(subject="spoilt")
        if broken["is"]:
            raise RuntimeError("broken")

    (event,) = take_step()
    dispatch.run_pending(now=NOW)
    event.refresh_from_db()
    assert AuditEntry.objects.count() == 1  # what the other one wrote is there, once
    assert event.subject == "tests.step:0"  # its writes went back to the savepoint
    assert event.dispatched_at == NOW
    moment = NOW
    for _ in dispatch.RETRIES:
        failure = FailedHandling.objects.get()
        assert failure.next_at is not None
        assert failure.next_at > moment
        moment = failure.next_at
        dispatch.run_pending(now=moment)
    failure = FailedHandling.objects.get()
    assert failure.parked_at == moment
    assert failure.next_at is None
    assert "broken" in failure.error
    assert dispatch.retry_failed(now=moment + timedelta(days=9)) == 0  # parked stays parked
    broken["is"] = False
    assert dispatch.replay(now=moment) == 1
    event.refresh_from_db()
    assert event.subject == "spoilt"
    assert AuditEntry.objects.count() == 1


@pytest.fixture
def effects(transactional_db: Any) -> Iterator[str]:
    """A table that counts: no unique rule helps it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_effects (event_id bigint)")
    yield "tests_effects"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tests_effects")


def effect(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tests_effects VALUES (%s)", [event.pk])


def counted() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT event_id) FROM tests_effects")
        row = cursor.fetchone()
    return int(row[0]), int(row[1])


@pytest.mark.django_db(transaction=True)
def test_four_dispatchers_share_the_work_and_double_nothing(heard: Any, effects: str) -> None:
    events.on("tests.step.taken")(effect)
    take_step(300)

    def work() -> None:
        try:
            while dispatch.dispatch_batch(now=NOW, size=7):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join(timeout=60) for thread in threads]
    dispatch.run_pending(now=NOW)
    assert counted() == (300, 300)


CHILD = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from portal.events import dispatch, registry
step = sys.argv[1]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
def effect(event):
    if step == "before":
        die()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tests_effects VALUES (%s)", [event.pk])
    if step == "after":
        die()
only = registry._listeners.temporarily({("tests.step.taken", "tests.effect"): effect})
only.__enter__()
if step == "marked":
    from django.db import transaction
    with transaction.atomic():
        dispatch.dispatch_batch(now=__import__("portal.core.time", fromlist=["now"]).now())
        die()
dispatch.run_pending()
if step == "committed":
    die()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["before", "after", "marked", "committed"])
def test_a_process_killed_between_any_two_steps_neither_loses_nor_doubles(
    heard: Any, effects: str, step: str
) -> None:
    take_step(3)
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, step],
        env=environment,
        cwd=settings.BASE_DIR,
        check=False,
        capture_output=True,
        timeout=120,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    with transaction.atomic():  # waits until PostgreSQL has noticed that the process is gone
        list(Event.objects.select_for_update().values_list("pk"))
    assert counted()[0] == (3 if step == "committed" else 0)
    events.on("tests.step.taken")(effect)
    dispatch.run_pending(now=NOW)
    assert counted() == (3, 3)

"""/healthz names the failing part, /metrics requires the token, and log lines identify nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.test import Client
from django.urls import reverse

from portal.celery import app
from portal.core import time
from portal.core.db import redis as core_redis
from portal.events.models import Event, FailedHandling
from portal.monitoring import health, logs


def event(**fields: Any) -> Event:
    now = time.now()
    return Event.objects.create(name="tests.nothing.happened", occurred_at=now, **fields)


@pytest.mark.django_db
def test_all_is_well_when_a_worker_beats_and_the_outbox_is_empty(client: Client) -> None:
    health.beat(time.now())
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


@pytest.mark.django_db
def test_a_silent_worker_fails(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == {"status": "silent", "seconds_since_heartbeat": None}
    health.beat(time.now() - timedelta(seconds=health.WORKER_SILENCE + 5))
    assert client.get("/healthz").status_code == 503


@pytest.mark.django_db
def test_a_fact_that_waits_too_long_fails(client: Client) -> None:
    health.beat(time.now())
    late = event()
    Event.objects.filter(pk=late.pk).update(
        recorded_at=time.now() - timedelta(seconds=health.OUTBOX_AGE + 5)
    )
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["outbox"]["status"] == "late"
    assert answer.json()["outbox"]["waiting"] == 1
    Event.objects.filter(pk=late.pk).update(dispatched_at=time.now())
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_listener_that_fails_degrades_and_is_counted(client: Client, settings: Any) -> None:
    settings.HAZUMI_METRICS_TOKEN = "let-me-count"
    health.beat(time.now())
    tried = FailedHandling.objects.create(
        event=event(dispatched_at=time.now()), listener="tests", error="x", next_at=time.now()
    )
    answer = client.get("/healthz")
    assert answer.status_code == 200  # this web process is not what is broken
    assert answer.json()["status"] == "degraded"
    assert answer.json()["handlings"] == {"status": "retrying", "retrying": 1, "parked": 0}
    FailedHandling.objects.filter(pk=tried.pk).update(next_at=None, parked_at=time.now())
    answer = client.get("/healthz")
    assert answer.json()["status"] == "degraded"
    assert answer.json()["handlings"] == {"status": "parked", "retrying": 0, "parked": 1}
    page = client.get("/metrics", headers={"authorization": "Bearer let-me-count"})
    assert "hazumi_failed_handlings_parked 1.0" in page.content.decode()
    assert "hazumi_failed_handlings_retrying 0.0" in page.content.decode()
    FailedHandling.objects.filter(pk=tried.pk).update(parked_at=None, resolved_at=time.now())
    assert client.get("/healthz").json()["handlings"]["status"] == "ok"
    assert client.get("/healthz").json()["status"] == "ok"


@pytest.mark.django_db
def test_lost_redis_is_an_answer_not_an_error(client: Client, settings: Any) -> None:

    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    core_redis.connection.cache_clear()
    try:
        answer = client.get("/healthz")
    finally:
        core_redis.connection.cache_clear()
    assert answer.status_code == 503
    assert answer.json()["redis"] == "unreachable"
    assert answer.json()["database"] == "ok"


@pytest.mark.django_db
def test_metrics_do_not_exist_without_a_token(client: Client, settings: Any) -> None:
    settings.HAZUMI_METRICS_TOKEN = ""
    assert client.get(reverse("portal:metrics")).status_code == 404


@pytest.mark.django_db
def test_metrics_open_to_the_token_alone(client: Client, settings: Any) -> None:
    settings.HAZUMI_METRICS_TOKEN = "let-me-count"
    event()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 401
    page = client.get("/metrics", headers={"authorization": "Bearer let-me-count"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "hazumi_outbox_waiting 1.0" in text
    assert 'hazumi_queue_length{queue="events"} 0.0' in text
    assert 'hazumi_requests_total{method="GET",status="4xx",view="portal:metrics"}' in text


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("GET /search/?q=田中&token=abc", "GET /search/?…"),
        ("GET /join/0123456789abcdefghijABCDEFGHIJ/", "GET /join/…/"),
        (
            "GET /members/01939f3a-7c1e-7000-8000-0123456789ab/",
            "GET /members/01939f3a-7c1e-7000-8000-0123456789ab/",
        ),
        ("GET /questions/42/", "GET /questions/42/"),
    ],
)
def test_a_request_line_loses_queries_and_tokens(line: str, clean: str) -> None:
    assert logs.without_people(None, "info", {"request": line}) == {"request": clean}


def test_an_address_in_any_line_loses_its_name() -> None:
    told = logs.without_people(
        None, "error", {"event": "Key (email)=(aki@acme.example) already exists."}
    )
    assert told["event"] == "Key (email)=(…@acme.example) already exists."


@pytest.mark.django_db
def test_every_answer_carries_its_request_id(client: Client) -> None:
    assert (
        client.get("/healthz").headers["X-Request-ID"]
        != client.get("/healthz").headers["X-Request-ID"]
    )


def test_every_task_sits_on_a_queue_that_a_worker_serves(settings: Any) -> None:
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    assert len(ours) > 3
    for task in ours:
        queue = getattr(task, "queue", None)
        asked = {"queue": queue} if queue else {}
        assert app.amqp.router.route(asked, task.name)["queue"].name in settings.QUEUES, (
            task.name
        )  # or QueueNotFound


def test_probes_leave_no_line() -> None:
    for path in ("/healthz", "/metrics"):
        with pytest.raises(structlog.DropEvent):
            logs.without_probes(
                None, "info", {"event": "request_finished", "request": f"GET {path}"}
            )
    line = {"event": "request_finished", "request": "GET /questions/"}
    assert logs.without_probes(None, "info", line) == line


def test_every_periodic_task_exists(settings: Any) -> None:
    app.loader.import_default_modules()
    assert not [task for task, _ in settings.PERIODIC_TASKS.values() if task not in app.tasks]

"""Is everything well? `/healthz` for load balancers and people, `/metrics` for Prometheus.

A handling that failed makes the status "degraded", not 503: a load balancer that takes web
processes away would turn one broken listener into an outage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

import redis
from django.conf import settings
from django.db import Error
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.accounts.permissions import public
from portal.core import time
from portal.core.db.redis import connection as redis_connection
from portal.events.models import Event
from portal.events.selectors import Failures, unresolved_failures
from portal.monitoring import prometheus

HEARTBEAT = "hz:worker-heartbeat"
WORKER_SILENCE = 45  # seconds; the beat is sent every 10
OUTBOX_AGE = 60  # seconds; the sweep looks every 10


@dataclass(frozen=True)
class Health:
    """What was found; ages in seconds, None where it could not be learned."""

    database: bool
    redis: bool
    worker_age: float | None
    outbox_age: float | None
    outbox_waiting: int | None
    failures: Failures | None

    @property
    def worker(self) -> bool:
        return self.worker_age is not None and self.worker_age <= WORKER_SILENCE

    @property
    def outbox(self) -> bool:
        return self.outbox_age is not None and self.outbox_age <= OUTBOX_AGE

    @property
    def ok(self) -> bool:
        return self.database and self.redis and self.worker and self.outbox

    @property
    def status(self) -> str:
        if not self.ok:
            return "failing"
        return "degraded" if self.failures else "ok"


def beat(now: datetime) -> None:
    """A worker says that it lives; called by the periodic task."""
    redis_connection().set(HEARTBEAT, now.timestamp(), ex=3600)


def look(now: datetime) -> Health:
    """Ask every part once."""
    database, age, waiting, failures = True, None, None, None
    try:
        outbox = Event.objects.filter(dispatched_at=None).aggregate(
            oldest=Min("recorded_at"), waiting=Count("pk")
        )
        oldest, waiting = outbox["oldest"], outbox["waiting"]
        age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
        failures = unresolved_failures()
    except Error:
        database = False
    answers, worker_age = True, None
    try:
        last = redis_connection().get(HEARTBEAT)
        worker_age = max(now.timestamp() - float(last), 0.0) if isinstance(last, bytes) else None
    except redis.RedisError:
        answers = False
    return Health(database, answers, worker_age, age, waiting, failures)


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, 503 when not; the parts by name."""
    health = look(time.now())
    body = {
        "status": health.status,
        "database": "ok" if health.database else "unreachable",
        "redis": "ok" if health.redis else "unreachable",
        "worker": {
            "status": "ok" if health.worker else "silent",
            "seconds_since_heartbeat": _round(health.worker_age),
        },
        "outbox": {
            "status": "ok" if health.outbox else "late",
            "oldest_seconds": _round(health.outbox_age),
            "waiting": health.outbox_waiting,
        },
        "handlings": {
            "status": health.failures.status if health.failures is not None else "unknown",
            "retrying": health.failures.retrying if health.failures is not None else None,
            "parked": health.failures.parked if health.failures is not None else None,
        },
    }
    return JsonResponse(body, status=200 if health.ok else 503)


@public
@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus text for whoever holds HAZUMI_METRICS_TOKEN; without that setting the page does
    not exist.
    """
    token = settings.HAZUMI_METRICS_TOKEN
    if not token:
        raise Http404
    given = request.headers.get("authorization", "")
    if not compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(
        prometheus.exposition(look(time.now())), content_type=prometheus.CONTENT_TYPE
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

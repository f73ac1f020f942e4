"""Prometheus metrics: requests as counted by the web processes, and the state of the system when
scraped.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal.core.db.redis import connection as redis_connection

if TYPE_CHECKING:
    from portal.monitoring.health import Health

CONTENT_TYPE = CONTENT_TYPE_LATEST
REQUESTS = Counter("hazumi_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "hazumi_request_seconds",
    "Time to answer.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class RequestMetrics:
    """Middleware, outermost: counts and times every request under the name of its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (
            match.view_name if match else ""
        ) or "none"  # names, never paths: paths hold tokens and are endless
        method = (
            request.method
            if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
            else "other"
        )
        REQUESTS.labels(view, method, f"{response.status_code // 100}xx").inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return response


class State(Collector):
    """What is true now: asked when scraped, so it is right whichever process answers."""

    def __init__(self, health: Health) -> None:
        self.health = health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        health = self.health
        yield GaugeMetricFamily(
            "hazumi_database_up", "PostgreSQL answers.", value=float(health.database)
        )
        yield GaugeMetricFamily("hazumi_redis_up", "Redis answers.", value=float(health.redis))
        if health.worker_age is not None:
            yield GaugeMetricFamily(
                "hazumi_worker_heartbeat_seconds", "Since a worker's beat.", value=health.worker_age
            )
        if health.outbox_age is not None:
            yield GaugeMetricFamily(
                "hazumi_outbox_oldest_seconds", "Age of the oldest fact.", value=health.outbox_age
            )
            yield GaugeMetricFamily(
                "hazumi_outbox_waiting", "Facts to dispatch.", value=health.outbox_waiting or 0
            )
        if health.failures is not None:
            yield GaugeMetricFamily(
                "hazumi_failed_handlings_retrying",
                "Handlings of events that failed and are tried again.",
                value=health.failures.retrying,
            )
            yield GaugeMetricFamily(
                "hazumi_failed_handlings_parked",
                "Handlings of events that are no longer tried.",
                value=health.failures.parked,
            )
        try:
            queues = GaugeMetricFamily("hazumi_queue_length", "Tasks that wait.", labels=["queue"])
            for name in settings.QUEUES:
                queues.add_metric([name], float(str(redis_connection().llen(name))))
            yield queues
        except redis.RedisError:
            pass


def exposition(health: Health) -> bytes:
    """The whole page."""
    state = CollectorRegistry()
    state.register(State(health))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    else:
        counted = REGISTRY
    return generate_latest(counted) + generate_latest(state)

"""Measures one scenario: SQL and bytes exactly, then load against the trivial view and the real
server in turn.

A machine's speed changes from second to second, so the two alternate and every figure is the median
of the rounds.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.dev.bench import client
from portal.dev.bench.people import session_for
from portal.dev.bench.processes import cpu_seconds
from portal.dev.bench.server import WebServer
from portal.dev.bench_registry import BenchWorld, Outcome, Request, Scenario

CONCURRENCY = 16
WARM_UP, YARDSTICK = 0.7, 1.0
TURNS = 4
TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Figures:
    """What a load cost."""

    rate: float
    p50: float
    p95: float
    p99: float
    app_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


@dataclass(frozen=True)
class Result:
    """One line of the table. `turns` are (trivial, loaded) in the order they were taken; `alone` is
    at concurrency 1.

    `problems` break the run, `missed` are goals.
    """

    scenario: Scenario
    sql: int
    bytes: int
    turns: Sequence[tuple[Figures, Figures]]
    alone: Figures
    problems: list[str] = field(default_factory=list)

    @property
    def trivial(self) -> Figures:
        return _middle([trivial for trivial, _ in self.turns])

    @property
    def loaded(self) -> Figures:
        return _middle([loaded for _, loaded in self.turns])

    @property
    def rate_ratio(self) -> float:
        return median(
            loaded.rate / trivial.rate if trivial.rate else 0.0 for trivial, loaded in self.turns
        )

    @property
    def cpu_ratio(self) -> float:
        return median(
            loaded.cpu_ms / trivial.cpu_ms if trivial.cpu_ms else 0.0
            for trivial, loaded in self.turns
        )

    @property
    def missed(self) -> list[str]:
        each = self.scenario
        found = []
        if each.cpu_goal is not None and self.cpu_ratio > each.cpu_goal:
            found.append(f"CPU {self.cpu_ratio:.1f}x, goal {each.cpu_goal:g}x")
        if each.rate_goal is not None and self.rate_ratio < each.rate_goal:
            found.append(f"ratio {self.rate_ratio:.2f}, goal {each.rate_goal:g}")
        if each.byte_goal is not None and self.bytes > each.byte_goal:
            found.append(f"{self.bytes:,} bytes, goal {each.byte_goal:,}")
        if each.p95_goal is not None and self.alone.p95 > each.p95_goal:
            found.append(f"p95 {self.alone.p95:.0f} ms alone, goal {each.p95_goal:g}")
        return found


class Bench:
    """Two servers and the database between them."""

    def __init__(
        self,
        world: BenchWorld,
        *,
        app: WebServer,
        trivial: WebServer,
        postgres_pid: int,
        seconds: float,
    ) -> None:
        self.world, self.app, self.trivial = world, app, trivial
        self.postgres_pid, self.seconds = postgres_pid, seconds
        self._sessions: dict[int, str] = {}

    def session(self, person: int) -> str:
        if person not in self._sessions:
            self._sessions[person] = session_for(person)
        return self._sessions[person]

    @cached_property
    def hello(self) -> list[bytes]:
        return [f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.trivial.port}\r\n\r\n".encode()]

    def measure(self, scenario: Scenario) -> Result:
        """Run one scenario: about `seconds` + 8 in all."""
        requests = list(scenario.requests(self.world))
        mark = scenario.mark(self.world) if scenario.mark else None
        sql = self._count_sql(requests[0], scenario)
        raw = [self._raw(request) for request in (requests[1:] if scenario.once else requests)]
        status, _, body = client.one(self.app.port, raw[-1])
        problems = [] if status in scenario.statuses else [f"answers {status}"]
        if scenario.once:
            raw = raw[:-1]
        runs = Runs(self, raw, once=scenario.once)
        warm, _ = runs.on_app(WARM_UP, CONCURRENCY)
        loads, turns = [warm], []
        for _turn in range(TURNS):
            trivial = runs.on_trivial()
            load, loaded = runs.on_app(self.seconds / TURNS, CONCURRENCY)
            loads.append(load)
            turns.append((trivial, loaded))
        single, alone = runs.on_app(min(2.0, self.seconds), 1)
        loads.append(single)
        wrong = sum(
            each.broken + len(each.latencies) - each.count(scenario.statuses) for each in loads
        )
        if wrong:
            seen = dict(sum((each.statuses for each in loads), start=Counter()))
            problems.append(
                f"{wrong} requests failed: {seen}, {sum(each.broken for each in loads)} broken off"
            )
        if scenario.sql_budget is not None and sql > scenario.sql_budget:
            problems.append(f"{sql} SQL statements, budget {scenario.sql_budget}")
        if scenario.check is not None:
            answered = sum(each.count(scenario.statuses) for each in loads) + 2 * (
                status in scenario.statuses
            )
            problem = scenario.check(self.world, Outcome(answered, mark))
            problems += [problem] if problem else []
        return Result(scenario, sql, len(body), turns, alone, problems)

    def _count_sql(self, request: Request, scenario: Scenario) -> int:
        """Count the statements of one request inside this process, transaction words left out."""
        browser = Client(
            raise_request_exception=False, headers={"host": "127.0.0.1", **request.headers}
        )
        if request.person is not None:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.session(request.person)
        counted: list[dict[str, Any]] = []
        for _ in range(1 if scenario.once else 2):  # the second time, as a warm server would
            with CaptureQueriesContext(connection) as queries:
                browser.post(request.path, dict(request.form)) if request.form else browser.get(
                    request.path
                )
            counted = queries.captured_queries
        return sum(not str(query["sql"]).startswith(TRANSACTION_WORDS) for query in counted)

    def _raw(self, request: Request) -> bytes:
        headers = {"Host": f"127.0.0.1:{self.app.port}", "Accept": "text/html", **request.headers}
        cookies, body = [], b""
        if request.person is not None:
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={self.session(request.person)}")
        if request.form is not None:
            token = secrets.token_hex(16)
            cookies.append(f"{settings.CSRF_COOKIE_NAME}={token}")
            body = urlencode({**request.form, "csrfmiddlewaretoken": token}).encode()
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{'POST' if body else 'GET'} {request.path} HTTP/1.1\r\n{head}\r\n".encode() + body


class Runs:
    """The loads of one scenario; with `once` no request is sent again."""

    def __init__(self, bench: Bench, raw: Sequence[bytes], *, once: bool) -> None:
        self.bench, self.raw, self.once = bench, list(raw), once

    def on_trivial(self) -> Figures:
        web = self.bench.trivial
        client.run(web.port, self.bench.hello, seconds=0.2, concurrency=CONCURRENCY)
        before = web.cpu_seconds()
        load = client.run(web.port, self.bench.hello, seconds=YARDSTICK, concurrency=CONCURRENCY)
        return _figures(load, web.cpu_seconds() - before, 0.0)

    def on_app(self, seconds: float, concurrency: int) -> tuple[client.Load, Figures]:
        web, database = self.bench.app, self.bench.postgres_pid
        app_before, database_before = web.cpu_seconds(), cpu_seconds(database)
        load = client.run(
            web.port, self.raw, seconds=seconds, concurrency=concurrency, once=self.once
        )
        figures = _figures(
            load, web.cpu_seconds() - app_before, cpu_seconds(database) - database_before
        )
        if self.once:
            del self.raw[: len(load.latencies) + load.broken]
        return load, figures


def _middle(figures: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(
        *(median(values) for values in zip(*(astuple(each) for each in figures), strict=True))
    )


def _figures(load: client.Load, app: float, database: float) -> Figures:
    count = max(1, len(load.latencies))
    return Figures(
        rate=load.rate,
        p50=load.percentile(0.5),
        p95=load.percentile(0.95),
        p99=load.percentile(0.99),
        app_ms=app * 1000 / count,
        database_ms=database * 1000 / count,
    )

"""Rate limits against a real Redis, and keyset pagination against real rows."""

from __future__ import annotations

from typing import Any

import pytest
import redis as redis_library
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.accounts.models import Organization
from portal.core.db import redis
from portal.core.db.pagination import BadCursor, page_by_key
from portal.core.text.folding import fold
from portal.core.web import ratelimit
from tests import people


def test_the_one_after_the_limit_is_refused_until_the_window_has_moved() -> None:
    key = "n-plus-one"
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        assert [ratelimit.check("test", key, limit=3, seconds=60).allowed for _ in range(4)] == [
            True
        ] * 3 + [False]
        verdict = ratelimit.check("test", key, limit=3, seconds=60)
        assert 0 < verdict.retry_after <= 120
        clock.shift(verdict.retry_after)
        assert ratelimit.check("test", key, limit=3, seconds=60).allowed
        clock.shift(150)


def test_the_window_slides() -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        assert all(ratelimit.check("slide", "k", limit=10, seconds=60).allowed for _ in range(10))
        clock.shift(61)
        assert not ratelimit.check("slide", "k", limit=10, seconds=60, cost=5).allowed
        clock.shift(30)
        assert ratelimit.check("slide", "k", limit=10, seconds=60, cost=5).allowed


def test_without_redis_pages_work_and_logins_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis_library.Redis.from_url("unix:///nowhere/redis.sock")
    monkeypatch.setattr(redis, "connection", lambda: gone)
    assert ratelimit.check("post", "k", limit=1, seconds=60).allowed
    assert not ratelimit.check("login", "k", limit=1, seconds=60).allowed


def test_a_limited_view_answers_429_with_retry_after(rf: RequestFactory) -> None:
    @ratelimit.limited("test_view", limit=1, seconds=60)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok")

    requests = [
        rf.post("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}")
        for n in range(2)
    ]
    first, second = (view(request) for request in requests)
    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second["Retry-After"]) >= 1
    assert view(rf.get("/", REMOTE_ADDR="203.0.113.9")).status_code == 200


def test_proxies_are_trusted_only_as_configured(rf: RequestFactory, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")
    assert ratelimit.client_address(request) == "10.0.0.1"
    settings.TRUSTED_PROXY_COUNT = 1
    assert ratelimit.client_address(request) == "203.0.113.7"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order", [("name", "pk"), ("-name", "-pk"), ("-created_at", "pk"), ("pk",)]
)
def test_pages_by_key_show_every_row_once_in_both_directions(order: tuple[str, ...]) -> None:
    Organization.objects.bulk_create(
        Organization(name=f"会社{n % 3}", created_at=people.NOW) for n in range(11)
    )
    expected = list(Organization.objects.order_by(*order).values_list("pk", flat=True))
    seen, cursor, pages = [], None, []
    while True:
        page = page_by_key(Organization.objects.all(), order=order, cursor=cursor, size=4)
        pages.append(page)
        seen += [row.pk for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == expected
    assert pages[0].previous_cursor is None
    back = page_by_key(
        Organization.objects.all(), order=order, cursor=pages[2].previous_cursor, size=4
    )
    assert [row.pk for row in back.items] == [row.pk for row in pages[1].items]
    assert back.previous_cursor is not None
    assert back.next_cursor is not None


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "あ", "eyJ9", "AAAA", "%00", "=" * 9])
def test_a_broken_cursor_gives_the_first_page_or_an_error(cursor: str) -> None:
    assert page_by_key(Organization.objects.all(), order=("pk",), cursor=cursor).items == []
    with pytest.raises(BadCursor):
        page_by_key(Organization.objects.all(), order=("pk",), cursor=cursor, strict=True)


def test_folding_makes_equal_what_a_person_calls_equal() -> None:
    assert fold("Ｓｅｒｖｅｒ ｻｰﾊﾞｰ") == fold("server サーバー")

"""Redis or PostgreSQL is really gone (a closed socket): what people still can do and see."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.core.cache import caches
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client

from portal.accounts.models import User
from portal.celery import app
from portal.core.db import redis as core_redis
from portal.core.db.postgresql.base import DatabaseWrapper, is_gone

GONE = "unix:///nowhere/valkey.sock"


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    """Cache, rate limits and broker all lead to a socket nobody listens on."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": GONE}}
    settings.REDIS_URL = GONE
    core_redis.connection.cache_clear()
    was, app.conf.broker_url = app.conf.broker_url, "redis+socket:///nowhere/valkey.sock"
    yield
    app.conf.broker_url = was
    core_redis.connection.cache_clear()


@pytest.mark.usefixtures("no_redis")
def test_the_cache_is_an_empty_one() -> None:
    cache = caches["default"]
    with structlog.testing.capture_logs() as lines:
        assert cache.add("a", 1, timeout=5)
        assert cache.get("a", "nothing") == "nothing"
        assert cache.get_many(["a", "b"]) == {}
        assert cache.incr("a") == 1
        assert not cache.touch("a")
        assert not cache.has_key("a")
        assert cache.set_many({"a": 1}) == ["a"]
        cache.set("a", 1)
        cache.delete_many(["a"])
        assert not cache.delete("a")
    assert {line["event"] for line in lines} == {"cache_unreachable"}
    assert {line["log_level"] for line in lines} == {"warning"}


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept": "text/html"})


@pytest.mark.usefixtures("no_redis")
def test_a_member_logs_in_and_changes_the_password(browser: Client, aki: User) -> None:
    aki.set_password("correct horse battery")
    aki.save()
    given = {"login": aki.email, "password": "correct horse battery"}
    assert browser.post("/accounts/login/", given).status_code == 302
    assert browser.session["_auth_user_id"] == str(aki.pk)
    fresh = "another long secret"
    change = {"oldpassword": "correct horse battery", "password1": fresh, "password2": fresh}
    assert browser.post("/accounts/password/change/", change).status_code == 302
    aki.refresh_from_db()
    assert aki.check_password(fresh)


@pytest.mark.usefixtures("no_redis")
def test_a_wrong_password_is_still_refused(browser: Client, aki: User) -> None:
    answer = browser.post("/accounts/login/", {"login": aki.email, "password": "not this one"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in browser.session


@pytest.mark.usefixtures("no_redis")
def test_log_in_by_code_and_reset_send_their_mail(
    browser: Client, aki: User, mailoutbox: list[Any]
) -> None:
    assert browser.post("/accounts/login/code/", {"email": aki.email}).status_code == 302
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", str(mailoutbox[-1].body), re.M)
    assert code is not None
    given = {"code": code[1]}
    assert browser.post("/accounts/login/code/confirm/", given).status_code == 302
    assert browser.session["_auth_user_id"] == str(aki.pk)
    reset = Client().post("/accounts/password/reset/", {"email": aki.email})
    assert reset.status_code == 302
    assert len(mailoutbox) == 2


@pytest.mark.usefixtures("no_redis", "db")
def test_the_form_to_sign_up_answers(browser: Client) -> None:
    given = {"email": "new@nowhere.example", "password1": "a long new secret"}
    assert browser.get("/accounts/signup/").status_code == 200
    assert browser.post("/accounts/signup/", given).status_code in {200, 302}


@pytest.fixture
def no_postgres(django_db_blocker: Any) -> Iterator[None]:
    """The default connection leads to a socket nobody listens on; the tests' own is put aside."""
    own = connections["default"]
    gone = {**own.settings_dict, "HOST": "/nowhere"}
    made = DatabaseWrapper(gone, "default")
    pools = DatabaseWrapper._connection_pools
    kept = pools.pop("default", None)
    connections["default"] = made
    with django_db_blocker.unblock():
        yield
        made.close()
        made.close_pool()
    connections["default"] = own
    if kept is not None:
        pools["default"] = kept


@pytest.mark.usefixtures("no_postgres")
@pytest.mark.parametrize("path", ["/questions/", "/api/v1/topics/"])
def test_without_postgresql_the_answer_is_503_at_once(path: str) -> None:
    visitor = Client(raise_request_exception=False)
    visitor.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"
    header = {"authorization": "Bearer hz_0123456789"} if path.startswith("/api/") else {}
    began = time.monotonic()
    answer = visitor.get(path, headers=header)
    assert time.monotonic() - began < 3
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    if path.startswith("/api/"):
        assert answer.json()["status"] == 503
    else:
        text = answer.content.decode()
        assert "しばらくしてから" in text
        assert "try again in a moment" in text


@pytest.mark.usefixtures("no_postgres")
def test_healthz_names_the_database() -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"


@pytest.mark.django_db
def test_a_slow_statement_is_a_fault_of_ours_and_no_outage() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 5")
        with pytest.raises(OperationalError) as slow:
            cursor.execute("SELECT pg_sleep(2)")
    assert not is_gone(slow.value)
    assert not is_gone(ValueError())

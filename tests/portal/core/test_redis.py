"""The Redis connection: an unresponsive server is given up, and used again afterwards."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from redis.exceptions import RedisError

from portal.core.db import redis


def test_a_redis_that_does_not_answer_is_given_up_and_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis, "PATIENCE", 0.2)
    monkeypatch.setattr(redis, "_own", threading.local())
    client: Any = redis.own_connection()
    assert client.ping()
    begun = time.monotonic()
    client.connection.send_command("BLPOP", "hz:nobody-writes-here", 0)
    with pytest.raises(RedisError):
        client.connection.read_response()
    assert 0.15 < time.monotonic() - begun < 2
    assert client.echo("again") == b"again", "not the late answer to what was given up"

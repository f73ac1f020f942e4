"""Recognising the same visitor within a day without storing who they are: a keyed hash whose key
lives two days at most.
"""

from __future__ import annotations

import hashlib
import os
import time as clock
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from portal.core.db.redis import connection

KEY = "hz:visitor-key:"
SECONDS = 60 * 60 * 30  # the day it serves, and the hour of duplicate recognition after it
_keys: dict[int, bytes] = {}


def client_ip(meta: Mapping[str, Any]) -> str:
    """Return the client's address behind TRUSTED_PROXY_COUNT proxies; a forged X-Forwarded-For is
    not believed.
    """
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [
            hop.strip()
            for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")
            if hop.strip()
        ]
        if len(hops) >= count:
            return hops[-count]
    return str(meta.get("REMOTE_ADDR", ""))


def visitor_of(ip: str, agent: str) -> str:
    """Return 24 hex digits that stand for this address and browser today; tomorrow the key is gone.

    Keyed BLAKE2b (RFC 7693): made for this, and a tenth of HMAC-SHA256's time.
    """
    key = _key(int(clock.time()) // 86_400)
    return hashlib.blake2b(f"{ip}\n{agent}".encode(), key=key, digest_size=12).hexdigest()


def _key(day: int) -> bytes:
    key = _keys.get(day)
    if key is None:
        key = _shared(day)
        _keys.clear()  # yesterday's key is forgotten here; Redis forgets it by itself
        _keys[day] = key
    return key


def _shared(day: int) -> bytes:
    fresh = os.urandom(32)
    try:
        earlier = connection().set(f"{KEY}{day}", fresh, nx=True, ex=SECONDS, get=True)
    except RedisError:
        return fresh  # this process recognises its own visitors until Redis is back
    return earlier if isinstance(earlier, bytes) else fresh

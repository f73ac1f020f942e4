"""Rate limits on Redis: a sliding window in one round trip.

When Redis is down they let requests pass, except where that would be dangerous.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal.core.db import redis

# Where guessing is the danger, no Redis means no try.
FAIL_CLOSED = frozenset({"login", "login_code", "password_reset", "mfa"})
WRITES = ("POST", "PUT", "PATCH", "DELETE")

# Two neighbouring fixed windows; the older one counts by the share of it still inside the last
# `seconds`.
SCRIPT = """
local now, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local limit, cost = tonumber(ARGV[3]), tonumber(ARGV[4])
local window = math.floor(now / seconds)
local current = KEYS[1] .. ':' .. window
local before = tonumber(redis.call('GET', KEYS[1] .. ':' .. (window - 1)) or '0')
local count = tonumber(redis.call('GET', current) or '0')
local passed = now / seconds - window
local used = before * (1 - passed) + count
if used + cost > limit then
  local wait = seconds * (1 - passed + math.max(0, 1 - (limit - cost) / math.max(count, 1)))
  if count + cost <= limit and before > 0 then
    wait = seconds * (1 - (limit - count - cost) / before - passed)
  end
  return {0, tostring(wait)}
end
redis.call('INCRBY', current, cost)
redis.call('EXPIRE', current, math.ceil(seconds * 2) + 1)
return {1, '0'}
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the act is allowed; if not, after how many seconds to come again."""

    allowed: bool
    retry_after: int = 0


def check(scope: str, key: str, *, limit: int, seconds: int, cost: int = 1) -> Verdict:
    """Count one act of `key` in `scope`: at most `limit` in any `seconds`.

    A refused act is not counted.
    """
    name = _name(scope, key, limit, seconds)
    try:
        allowed, wait = redis.connection().eval(
            SCRIPT, 1, name, repr(time.time()), seconds, limit, cost
        )
    except (RedisError, OSError):
        return Verdict(scope not in FAIL_CLOSED, 0 if scope not in FAIL_CLOSED else seconds)
    return Verdict(bool(allowed), 0 if allowed else math.floor(float(wait)) + 1)


REFUND = """
local window = math.floor(tonumber(ARGV[1]) / tonumber(ARGV[2]))
for _, name in ipairs({KEYS[1] .. ':' .. window, KEYS[1] .. ':' .. (window - 1)}) do
  if tonumber(redis.call('GET', name) or '0') > 0 then
    redis.call('DECR', name)
    return 1
  end
end
return 0
"""


def refund(scope: str, key: str, *, limit: int, seconds: int) -> None:
    """Take back one act that `check` counted: it was not what the limit is for."""
    name = _name(scope, key, limit, seconds)
    with suppress(RedisError, OSError):
        redis.connection().eval(REFUND, 1, name, repr(time.time()), seconds)


def _name(scope: str, key: str, limit: int, seconds: int) -> str:
    digest = hashlib.blake2b(key.encode(), digest_size=12).hexdigest()
    return f"hz:limit:{scope}:{limit}/{seconds}:{digest}"


def limited(
    scope: str, *, limit: int, seconds: int, methods: tuple[str, ...] = WRITES
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Limit a view per person (per network address when signed out); too many answers 429 with
    Retry-After.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in methods:
                verdict = check(scope, who(request), limit=limit, seconds=seconds)
                if not verdict.allowed:
                    return too_many(request, verdict.retry_after)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def who(request: HttpRequest) -> str:
    """Return the key a request is counted under."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"ip:{client_address(request)}"


def client_address(request: HttpRequest) -> str:
    """Return the network address of the caller, trusting exactly as many proxies as are configured
    (default none).
    """
    trusted = settings.TRUSTED_PROXY_COUNT
    direct = str(request.META.get("REMOTE_ADDR") or "")
    if trusted < 1:
        return direct
    hops = [
        hop.strip()
        for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if hop.strip()
    ]
    return hops[-trusted] if len(hops) >= trusted else direct


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    """Answer 429 in the reader's language."""
    context = {"retry_after": retry_after}
    sentence = _("Too many requests. Please try again in %(seconds)s seconds.") % {
        "seconds": retry_after
    }
    if request.headers.get("HX-Request") or "text/html" not in request.headers.get("Accept", ""):
        body = sentence
    else:
        try:
            body = render_to_string("429.html", context | {"sentence": sentence}, request=request)
        except Exception:  # the refusal must not fail because its page does
            body = sentence
    return HttpResponse(body, status=429, headers={"Retry-After": str(retry_after)})

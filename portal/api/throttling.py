"""Rate limit of an API key: 200 requests a minute."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.api.models import ApiKey
from portal.core.web import ratelimit

PER_MINUTE = 200


class KeyThrottle(BaseThrottle):
    """Counts per key, or per network address where no key is needed."""

    def __init__(self) -> None:
        self.seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        who = (
            f"key:{request.auth.pk}"
            if isinstance(request.auth, ApiKey)
            else self.get_ident(request)
        )
        verdict = ratelimit.check("api", who, limit=PER_MINUTE, seconds=60)
        self.seconds = verdict.retry_after
        return verdict.allowed

    def get_ident(self, request: Request) -> str:
        return f"ip:{ratelimit.client_address(request._request)}"  # noqa: SLF001  Django's request below DRF's

    def wait(self) -> float | None:
        return self.seconds

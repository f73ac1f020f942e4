"""Limits of guessing a password that no stranger can turn into a lock-out of the owner.

Wrong passwords count by account *and* network. A device that signed in before carries a signed
cookie and has a measure of its own, whatever others do to the account meanwhile.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from portal import audit
from portal.accounts.models import User
from portal.core import time
from portal.core.web import ratelimit

SALT = "accounts.device"
YEAR = 31_536_000
MOST_ACCOUNTS = 5  # a shared computer


@dataclass(frozen=True)
class Limit:
    """How many wrong passwords in how many seconds, counted under what."""

    name: str
    key: str
    limit: int
    seconds: int

    def check(self) -> ratelimit.Verdict:
        return ratelimit.check("login_failures", self.key, limit=self.limit, seconds=self.seconds)

    def refund(self) -> None:
        ratelimit.refund("login_failures", self.key, limit=self.limit, seconds=self.seconds)


def network_of(address: str) -> str:
    """Return the network an address belongs to: what one caller can change within is one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    length = 24 if parsed.version == 4 else 56
    return str(ipaddress.ip_network(f"{parsed}/{length}", strict=False).network_address)


def limits_for(request: HttpRequest, email: str) -> list[Limit]:
    """Return what a try counts against."""
    account = _digest(email)
    device = _device(request)
    if account in device.get("accounts", ()):
        return [Limit("device", f"device:{device['id']}:{account}", 10, 300)]
    network = network_of(ratelimit.client_address(request))
    return [
        Limit("network", f"network:{network}", 30, 60),
        Limit("account and network", f"account:{account}:{network}", 5, 300),
        # many networks guessing at one account; known devices pass all the same
        Limit("account", f"account:{account}", 100, 3600),
    ]


def count_try(request: HttpRequest, email: str) -> tuple[list[Limit], int]:
    """Count a try before the password is looked at; return what it counted against, and after how
    many seconds to come again (0: it may go on).
    """
    counted: list[Limit] = []
    for limit in limits_for(request, email):
        verdict = limit.check()
        if not verdict.allowed:
            _audit_lock_out(request, email, limit)
            return counted, max(verdict.retry_after, 1)
        counted.append(limit)
    return counted, 0


def audit_failure(request: HttpRequest, email: str) -> None:
    """Leave a row of a wrong password; the same work whether or not the account exists."""
    _audit("accounts.login.failed", request, email, {})


def _audit_lock_out(request: HttpRequest, email: str, limit: Limit) -> None:
    once = ratelimit.check("login_audit", limit.key, limit=1, seconds=limit.seconds)
    if once.allowed:
        _audit("accounts.login.limited", request, email, {"limit": limit.name})


def _audit(action: str, request: HttpRequest, email: str, after: dict[str, Any]) -> None:
    user_id = User.objects.filter(email=email.lower()).values_list("pk", flat=True).first()
    network = network_of(ratelimit.client_address(request))
    named = salted_hmac("accounts.network", network, algorithm="sha256").hexdigest()[:16]
    audit.record(
        action,
        actor=None,
        target=f"accounts.user:{user_id or 'unknown'}",
        now=time.now(),
        after={"network": named, **after},
    )


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let a browser that signed in be known by the accounts that did."""
    device = _device(request)
    own = _digest(user.email)
    others = [each for each in device.get("accounts", ()) if each != own]
    value = {
        "id": device.get("id") or get_random_string(22),
        "accounts": [own, *others][:MOST_ACCOUNTS],
    }
    response.set_cookie(
        _cookie_name(),
        signing.dumps(value, salt=SALT),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_TLS,
    )


def _device(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(_cookie_name(), ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _cookie_name() -> str:
    return "__Host-device" if settings.SECURE_TLS else "hz_device"


def _digest(email: str) -> str:
    return salted_hmac("accounts.device", email.strip().lower(), algorithm="sha256").hexdigest()[
        :24
    ]

"""Verifies a message's signature.

Pure: takes bytes, headers and secrets, returns the message's id or why it is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

TOLERANCE: Final = 300  # seconds, both ways: Standard Webhooks 1.0, and Stripe's own libraries
ID: Final = re.compile(r"[\x21-\x7e]{1,200}")
CANDIDATE: Final = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
MOST_SIGNATURES: Final = 20

Headers = Mapping[str, str]
Secrets = Sequence[str]


class Refused(Exception):  # noqa: N818  as every refusal here
    """The message is not proven to be from its system. `str()` is one word for the counters."""


def verify_standard(body: bytes, headers: Headers, secrets: Secrets, now: datetime) -> str:
    """Check a Standard Webhooks signature against every secret; return the webhook-id.

    Raises Refused.
    """
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not stamp or not headers.get("webhook-signature"):
        raise Refused("unsigned")
    if not ID.fullmatch(message_id):
        raise Refused("malformed")
    _check_age(stamp, now)
    # The library raises ValueError on a malformed one and never sees the good one behind it: only
    # whole ones go in.
    given = [
        one
        for one in headers["webhook-signature"].split()[:MOST_SIGNATURES]
        if CANDIDATE.fullmatch(one)
    ]
    if not given:
        raise Refused("malformed")
    parts = {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(given),
    }
    for secret in secrets:
        if _is_signed_with(secret, body, parts):
            return message_id
    raise Refused("signature")


def _is_signed_with(secret: str, body: bytes, parts: dict[str, str]) -> bool:
    try:
        text = body.decode()
        webhook = Webhook(secret)
        moment = datetime.fromtimestamp(int(parts["webhook-timestamp"]), tz=UTC)
        expected = webhook.sign(parts["webhook-id"], moment, text)
    except (ValueError, OverflowError, EmptyWebhookSecretError):
        return False
    return any(
        hmac.compare_digest(expected.encode(), one.encode())
        for one in parts["webhook-signature"].split()
    )


def _check_age(stamp: str, now: datetime, *, milliseconds: bool = False) -> int:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 14):
        raise Refused("malformed")
    seconds = int(stamp) // 1000 if milliseconds else int(stamp)
    if abs(now.timestamp() - seconds) > TOLERANCE:
        raise Refused("too_old" if seconds < now.timestamp() else "too_new")
    return int(stamp)


def verify_stripe(body: bytes, headers: Headers, secrets: Secrets, now: datetime) -> None:
    """Check `Stripe-Signature: t=…,v1=…[,v1=…]`, HMAC-SHA256 over "t.body" in hex.

    Raises Refused.
    """
    given = headers.get("stripe-signature", "")
    if not given:
        raise Refused("unsigned")
    pairs = [part.strip().partition("=") for part in given.split(",")[: MOST_SIGNATURES + 1]]
    stamps = [value for key, _, value in pairs if key == "t"]
    signatures = [
        value for key, _, value in pairs if key == "v1" and re.fullmatch(r"[0-9a-f]{64}", value)
    ]
    if len(stamps) != 1 or not signatures:
        raise Refused("malformed")
    _check_age(stamps[0], now)
    signed = stamps[0].encode() + b"." + body
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        if any(hmac.compare_digest(expected, signature) for signature in signatures):
            return
    raise Refused("signature")


def verify_hubspot(
    body: bytes, headers: Headers, secrets: Secrets, now: datetime, *, method: str, url: str
) -> None:
    """Check X-HubSpot-Signature-v3: base64 HMAC-SHA256 over method, address, body and timestamp.

    Raises Refused.
    """
    given, stamp = (
        headers.get("x-hubspot-signature-v3", ""),
        headers.get("x-hubspot-request-timestamp", ""),
    )
    if not given or not stamp:
        raise Refused("unsigned")
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}=", given):
        raise Refused("malformed")
    _check_age(stamp, now, milliseconds=True)
    signed = method.encode() + url.encode(errors="replace") + body + stamp.encode()
    for secret in secrets:
        expected = base64.b64encode(
            hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        ).decode()
        if hmac.compare_digest(expected, given):
            return
    raise Refused("signature")


def verify_key(headers: Headers, secrets: Secrets) -> None:
    """Check `Authorization: Bearer <secret>` (or X-Hazumi-Key), for CRM steps that cannot sign.

    Raises Refused.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    given = (
        bearer.strip() if scheme.lower() == "bearer" else headers.get("x-hazumi-key", "").strip()
    )
    if not given:
        raise Refused("unsigned")
    if not any(
        hmac.compare_digest(secret.encode(), given.encode(errors="replace")) for secret in secrets
    ):
        raise Refused("signature")


def verify_crm(
    body: bytes, headers: Headers, secrets: Secrets, now: datetime, *, method: str, url: str
) -> str:
    """Check whichever proof a CRM sent: Standard Webhooks, HubSpot's own, or the key.

    Returns an id or "".
    """
    if "webhook-signature" in headers:
        return verify_standard(body, headers, secrets, now)
    if "x-hubspot-signature-v3" in headers:
        verify_hubspot(body, headers, secrets, now, method=method, url=url)
    else:
        verify_key(headers, secrets)
    given = headers.get("webhook-id") or headers.get("idempotency-key") or ""
    if given and not ID.fullmatch(given):
        raise Refused("malformed")
    return given

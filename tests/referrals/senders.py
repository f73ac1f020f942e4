"""Simulated senders: signed messages of Stripe and of Standard Webhooks, and the events of one
Stripe sale.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from standardwebhooks.webhooks import Webhook

from portal.core import time
from referrals.models import InboundSource, Program
from referrals.services.intake.sources import add_source
from tests import people

STRIPE_SECRET = "whsec_stripe-test-0123456789"
SOLD_AT = int(people.NOW.timestamp())


def make_source(
    kind: str, program: Program, actor: Any, **fields: Any
) -> tuple[InboundSource, str]:
    given = {"secret": STRIPE_SECRET} if kind == "stripe" else {}
    return add_source(
        kind=kind,
        name=fields.pop("name", kind),
        program=program,
        actor=actor,
        now=people.NOW,
        **{**given, **fields},
    )


def packed(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def stripe_signature(body: bytes, secret: str = STRIPE_SECRET, at: int | None = None) -> str:
    stamp = int(time.now().timestamp()) if at is None else at
    text = f"{stamp}.".encode() + body
    return f"t={stamp},v1={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"


def standard_headers(
    body: bytes, secret: str, name: str = "msg_1", at: int | None = None
) -> dict[str, str]:
    stamp = int(time.now().timestamp()) if at is None else at
    moment = datetime.fromtimestamp(stamp, tz=UTC)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": Webhook(secret).sign(name, moment, body.decode()),
    }


def send(source: InboundSource, body: Any, headers: dict[str, str]) -> Any:
    return Client(raise_request_exception=False).post(
        f"/inbound/{source.public_id}/",
        packed(body),
        content_type="application/json",
        headers=headers,
    )


def send_stripe(source: InboundSource, event: dict[str, Any], secret: str = STRIPE_SECRET) -> Any:
    return send(source, event, {"stripe-signature": stripe_signature(packed(event), secret)})


def event(name: str, thing: dict[str, Any], event_id: str = "") -> dict[str, Any]:
    """One Stripe event around an object."""
    return {
        "id": event_id or f"evt_{name}_{thing['id']}",
        "object": "event",
        "type": name,
        "created": SOLD_AT,
        "livemode": True,
        "pending_webhooks": 1,
        "data": {"object": thing},
    }


def checkout(**fields: Any) -> dict[str, Any]:
    thing = {
        "id": "cs_1",
        "object": "checkout.session",
        "invoice": "in_1",
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "amount_total": 1_000_000,
        "currency": "jpy",
        "created": SOLD_AT - 60,
        "customer_details": {"email": "buy@aoba.example", "business_name": "青葉製作所"},
        **fields,
    }
    return event("checkout.session.completed", thing)


def invoice(**fields: Any) -> dict[str, Any]:
    thing = {
        "id": "in_1",
        "object": "invoice",
        "payment_intent": "pi_1",
        "charge": "ch_1",
        "amount_paid": 1_000_000,
        "currency": "jpy",
        "created": SOLD_AT - 30,
        "status_transitions": {"paid_at": SOLD_AT},
        "customer_email": "buy@aoba.example",
        "billing_reason": "subscription_create",
        **fields,
    }
    return event("invoice.paid", thing)


def charge_refunded(total: int, **fields: Any) -> dict[str, Any]:
    thing = {
        "id": "ch_1",
        "object": "charge",
        "payment_intent": "pi_1",
        "amount": 1_000_000,
        "amount_refunded": total,
        "currency": "jpy",
        **fields,
    }
    return event("charge.refunded", thing, f"evt_charge_{total}")


def refund(name: str, amount: int, **fields: Any) -> dict[str, Any]:
    thing = {
        "id": name,
        "object": "refund",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "amount": amount,
        "currency": "jpy",
        "status": "succeeded",
        "created": SOLD_AT + 90,
        **fields,
    }
    return event("refund.created", thing)


# The events of one sale that is refunded in two steps, reported one by one and as a total; each
# takes the code.
STORY: dict[str, Callable[[str], dict[str, Any]]] = {
    "checkout": lambda code: checkout(client_reference_id=code),
    "invoice": lambda code: invoice(),
    "first refund": lambda code: refund("re_1", 200_000),
    "both refunds": lambda code: charge_refunded(500_000),
    "second refund": lambda code: refund("re_2", 300_000),
}

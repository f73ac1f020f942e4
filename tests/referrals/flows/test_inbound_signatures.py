"""A message that fails verification leaves nothing but a count; no input breaks anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portal.core import time
from referrals.inbound.signatures import Refused
from referrals.models import Fact, InboundMessage, InboundSource, Program
from referrals.services.intake import sources, webhooks
from tests.people import NOW
from tests.referrals.senders import (
    checkout,
    event,
    invoice,
    make_source,
    packed,
    send,
    send_stripe,
    standard_headers,
    stripe_signature,
)

pytestmark = pytest.mark.django_db


BODY = packed({"type": "stage", "data": {"domain": "aoba.example", "stage": "qualified"}})
GOOD = "v1," + "A" * 43 + "="
STAMP = "{now}"
STANDARD_VECTORS: list[dict[str, str]] = [
    {},
    {"webhook-id": "m"},
    {"webhook-signature": GOOD},
    {"webhook-timestamp": STAMP},
    {"webhook-id": "m", "webhook-timestamp": STAMP, "webhook-signature": ""},
    *(
        {"webhook-id": "m", "webhook-timestamp": STAMP, "webhook-signature": signature}
        for signature in (
            GOOD,
            "v1",
            "v1,",
            ",",
            "v1,,",
            "v1,a,b",
            "v1,!!!!",
            "v1,AAA",
            "v2," + GOOD[3:],
            "v1a," + GOOD[3:],
            "v1," + "A" * 5000,
            " ".join(["v1,x"] * 500),
            "\u00e9",
            "=",
            "v1,====",
            "v1=" + "a" * 64,
        )
    ),
    *(
        {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": GOOD}
        for stamp in (
            "",
            "0",
            "-1",
            "abc",
            "NaN",
            "1e9",
            "inf",
            "9" * 40,
            "1.5",
            " ",
            "٣",
            "99999999999999",
        )
    ),
    *(
        {"webhook-id": name, "webhook-timestamp": STAMP, "webhook-signature": GOOD}
        for name in ("x" * 5000, "a b", "\x7f")
    ),
]
STRIPE_VECTORS = (
    "",
    "t",
    "t=",
    "t=,v1=",
    "v1=",
    "t=abc,v1=" + "0" * 64,
    "t={now}",
    "t={now},v1",
    "t={now},v1=",
    "t={now},v1=zz",
    "t={now},v1=" + "0" * 63,
    "t={now},v1=" + "0" * 64,
    "t={now},v0=" + "0" * 64,
    "t={now},t={now},v1=" + "0" * 64,
    "t=1,v1=" + "0" * 64,
    "t=99999999999,v1=" + "0" * 64,
    "t=" + "9" * 500 + ",v1=" + "0" * 64,
    "t=-5,v1=" + "0" * 64,
    "=,=,=",
    ",,,,",
    "t={now};v1=" + "0" * 64,
    "t={now},v1=" + "Ａ" * 64,
    "v1=" + "0" * 64 + "," * 2000,
)


def stamped(text: str) -> str:
    return text.replace("{now}", str(int(time.now().timestamp())))


def test_no_malformed_signature_breaks_anything_or_leaves_anything(
    program: Program, kato: Any, stripe: InboundSource
) -> None:
    standard, _ = make_source("standard", program, kato)
    hubspot, _ = make_source("hubspot", program, kato)
    now = time.now()
    for headers in STANDARD_VECTORS:
        given = {name: stamped(value) for name, value in headers.items()}
        for source in (standard, hubspot):
            with pytest.raises(Refused):
                webhooks.verify(source, BODY, given, now)
    for text in STRIPE_VECTORS:
        with pytest.raises(Refused):
            webhooks.verify(stripe, BODY, {"stripe-signature": stamped(text)}, now)
    for source, headers in (
        (standard, STANDARD_VECTORS[10]),
        (stripe, {"stripe-signature": "t=abc,v1=é"}),
    ):
        assert (
            send(
                source, BODY, {name: stamped(value) for name, value in headers.items()}
            ).status_code
            == 401
        )
    assert InboundMessage.objects.count() == 0
    standard.refresh_from_db()
    assert (standard.refused_count, standard.refused_reason) == (1, "malformed")
    assert len(STANDARD_VECTORS) + len(STRIPE_VECTORS) >= 50


def test_no_verified_body_breaks_anything(
    stripe: InboundSource, program: Program, kato: Any
) -> None:
    standard, secret = make_source("standard", program, kato)
    hubspot, key = make_source("hubspot", program, kato)
    bodies: list[bytes] = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[1]",
        b'"x"',
        b"1e999",
        b"\xff\xfe",
        b"\x00",
        b'{"type":1}',
        b'{"type":"stage"}',
        b"[" * 3000 + b"]" * 3000,
        b'{"id":"\\u0000","type":"invoice.paid","data":{"object":{"id":"\\u0000"}}}',
        b'{"type":"invoice.paid","data":{"object":[]}}',
        b'{"type":"invoice.paid","data":{"object":{"id":{}}}}',
        b'{"type":"stage","data":[]}',
        b'{"type":"stage","data":{"domain":"\\ud800","stage":"won"}}',
        packed(
            {
                "type": "conversion",
                "data": {"domain": "a.example", "amount": 10**30, "currency": "JPY"},
            }
        ),
        packed(event("invoice.paid", invoice(amount_paid=-1)["data"]["object"], "evt_0")),
        packed(event("invoice.paid", invoice(currency="¥¥¥")["data"]["object"], "evt_1")),
        packed(event("invoice.paid", invoice(amount_paid="12")["data"]["object"], "evt_2")),
        packed(
            event(
                "charge.refunded",
                {"id": "ch", "amount_refunded": 5, "currency": "jpy", "payment_intent": {}},
            )
        ),
        packed({"dealstage": {"value": "closedwon"}, "hs_object_id": [], "amount": "１２"}),
        packed(
            {
                "properties": {
                    "dealstage": "closedwon",
                    "hs_object_id": 5,
                    "company_domain": "😀",
                    "amount": "x",
                }
            }
        ),
        b'{"a":' + b"9" * 5000 + b"}",
    ]
    for number, body in enumerate(bodies):
        answer = send(stripe, body, {"stripe-signature": stripe_signature(body)})
        assert answer.status_code == 200, number
        for source in (standard, hubspot):
            receipt = webhooks.take_message(
                source=source, external_id=f"m{number}", body=body, headers={}, now=NOW
            )
            assert receipt.code == 200, (number, source.kind)
    for source, headers in (
        (standard, standard_headers(b"{", secret)),
        (hubspot, {"authorization": f"Bearer {key}"}),
    ):
        assert send(source, b"{", headers).json()["status"] == "unusable"
    assert not InboundMessage.objects.filter(state="failed").exists()
    assert Fact.objects.filter(state="applied").count() == 0


def test_size_address_method_and_a_source_that_is_off(stripe: InboundSource, kato: Any) -> None:
    assert send_stripe(stripe, checkout(note="x" * 300_000)).status_code == 413
    client = Client(enforce_csrf_checks=True)
    assert client.get(f"/inbound/{stripe.public_id}/").status_code == 405
    assert client.post("/inbound/019ab000-0000-7000-8000-000000000000/").status_code == 404
    sources.switch_source(source=stripe, on=False, actor=kato, now=NOW)
    assert send_stripe(stripe, checkout()).status_code == 403
    assert InboundMessage.objects.count() == 0


def test_guessing_is_slowed_down_and_then_leaves_no_trace(stripe: InboundSource) -> None:
    codes = [send(stripe, BODY, {"stripe-signature": "t=1,v1=0"}).status_code for _ in range(40)]
    assert set(codes) == {401, 429}
    stripe.refresh_from_db()
    assert stripe.refused_count == codes.count(401) == 30
    assert send_stripe(stripe, checkout()).status_code == 200, "the real sender still comes through"


def test_both_secrets_verify_for_a_day_after_a_rotation(
    program: Program, kato: Any, stripe: InboundSource, aki: Any
) -> None:
    standard, old = make_source("standard", program, kato)
    now = time.now()
    new = sources.rotate_secret(source=standard, actor=kato, now=now)
    for secret in (old, new):
        both = standard_headers(BODY, secret)
        assert webhooks.verify(standard, BODY, both, now) == "msg_1"
    both["webhook-signature"] = "v1,garbage v1a,x " + both["webhook-signature"]
    assert webhooks.verify(standard, BODY, both, now) == "msg_1", (
        "a broken signature hides no good one behind it"
    )
    later = now + timedelta(hours=25)
    with pytest.raises(Refused):
        webhooks.verify(
            standard, BODY, standard_headers(BODY, old, at=int(later.timestamp())), later
        )
    sources.rotate_secret(source=stripe, actor=kato, now=now, secret="whsec_another-0123456789")
    body = packed(checkout())
    first, second = stripe_signature(body), stripe_signature(body, "whsec_another-0123456789")
    for header in (first, second, f"{first},{second.partition(',')[2]},v0=old"):
        webhooks.verify(stripe, body, {"stripe-signature": header}, time.now())


def test_hubspots_own_signature_and_the_key_of_a_workflow(program: Program, kato: Any) -> None:
    source, key = make_source("hubspot", program, kato)
    now, url = time.now(), f"https://hazumi.example/inbound/{source.public_id}/"
    stamp = str(int(now.timestamp() * 1000))

    def signed(body: bytes, moment: str = stamp) -> dict[str, str]:
        text = b"POST" + url.encode() + body + moment.encode()
        given = base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode()
        return {"x-hubspot-signature-v3": given, "x-hubspot-request-timestamp": moment}

    assert webhooks.verify(source, BODY, signed(BODY), now, url=url).startswith("sha256:")
    assert webhooks.verify(source, BODY, {"x-hazumi-key": key}, now) == webhooks.verify(
        source, BODY, signed(BODY), now, url=url
    )
    assert (
        webhooks.verify(
            source, BODY, {"authorization": f"bearer {key}", "idempotency-key": "k1"}, now
        )
        == "k1"
    )
    old = str(int((now - timedelta(minutes=6)).timestamp() * 1000))
    for headers in (
        signed(b"other"),
        signed(BODY, old),
        {**signed(BODY), "x-hubspot-request-timestamp": "soon"},
        {**signed(BODY), "x-hubspot-signature-v3": "AAAA"},
        {"x-hazumi-key": key[:-1]},
        {"authorization": f"Basic {key}"},
        {"authorization": "Bearer"},
        {"x-hazumi-key": "鍵"},
        {"x-hazumi-key": key, "webhook-id": "a b"},
    ):
        with pytest.raises(Refused):
            webhooks.verify(source, BODY, headers, now, url=url)


def test_messages_are_good_for_five_minutes(
    program: Program, kato: Any, stripe: InboundSource
) -> None:
    standard, secret = make_source("standard", program, kato)
    now = time.now()
    stamp = int(now.timestamp())
    for age, good in ((-299, True), (299, True), (-302, False), (302, False)):
        headers = standard_headers(BODY, secret, at=stamp + age)
        signed = {"stripe-signature": stripe_signature(BODY, at=stamp + age)}
        for source, given in ((standard, headers), (stripe, signed)):
            if good:
                webhooks.verify(source, BODY, given, now)
            else:
                with pytest.raises(Refused, match="too_"):
                    webhooks.verify(source, BODY, given, now)

"""Inbound webhooks: verified, stored first, parsed, counted once; no input breaks anything."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from portal.core import time
from referrals.models import (
    Conversion,
    Fact,
    InboundMessage,
    InboundSource,
    LedgerAccount,
    LedgerEntry,
    Program,
    Referral,
    Refund,
    Reward,
)
from referrals.services.facts.record import receive_fact
from referrals.services.intake import sources, webhooks
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger_checks import check_ledger
from tests.people import NOW
from tests.referrals.senders import (
    STORY,
    charge_refunded,
    checkout,
    event,
    invoice,
    make_source,
    packed,
    refund,
    send,
    send_stripe,
    standard_headers,
)

pytestmark = pytest.mark.django_db


def ledger_state() -> Any:
    """What it all comes to, whatever the order was."""
    assert {key: count for key, count in check_ledger().items() if count} == {}
    sales = list(
        Conversion.objects.order_by("pk").values_list(
            "amount", "refunded_amount", "currency", "occurred_at"
        )
    )
    rewards = sorted(Reward.objects.values_list("side", "state", "amount", "reversed_amount"))
    return sales, rewards, sorted(Referral.objects.values_list("state", flat=True))


# --- one sale by Stripe ---


def test_a_checkout_with_a_code_is_an_introduction_and_a_sale_and_its_invoice_is_the_same_sale(
    stripe: InboundSource, code: str
) -> None:
    answer = send_stripe(stripe, checkout(client_reference_id=code.upper()))
    assert (answer.status_code, answer.json()["status"]) == (200, "processed")
    assert [one["kind"] for one in answer.json()["facts"]] == ["introduction", "conversion"]
    assert send_stripe(stripe, invoice()).status_code == 200
    sale = Conversion.objects.get()
    assert (sale.invoice, sale.amount, sale.currency) == ("in_1", 1_000_000, "JPY")
    assert str(Referral.objects.get().organization) == "青葉製作所"
    assert Reward.objects.count() == 2
    assert ledger_state()


def test_a_cart_number_in_the_place_of_a_code_introduces_nobody(stripe: InboundSource) -> None:
    answer = send_stripe(stripe, checkout(client_reference_id="cart-4711"))
    assert [(one["kind"], one["status"]) for one in answer.json()["facts"]] == [
        ("conversion", "parked")
    ]
    assert Fact.objects.get().is_quiet, (
        "most sales are of companies nobody introduced: no alarm for them"
    )


@pytest.mark.parametrize(
    ("currency", "amount"), [("jpy", 5_000), ("usd", 5_000), ("eur", 1), ("kwd", 5_000)]
)
def test_amounts_are_minor_units_in_every_currency(
    stripe: InboundSource, code: str, currency: str, amount: int
) -> None:
    send_stripe(stripe, checkout(client_reference_id=code, amount_total=amount, currency=currency))
    sale = Conversion.objects.get()
    assert (sale.amount, sale.currency) == (amount, currency.upper())


def test_a_refund_before_its_sale_waits_and_a_refund_of_a_paid_reward_is_owed(
    stripe: InboundSource, code: str, kato: Any, sato: Any
) -> None:
    answer = send_stripe(stripe, charge_refunded(250_000))
    assert answer.json()["facts"][0]["status"] == "parked"
    send_stripe(stripe, checkout(client_reference_id=code))
    assert set(Reward.objects.values_list("amount", "reversed_amount")) == {(30_000, 7_500)}
    for reward in Reward.objects.all():
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    later = NOW + timedelta(days=60)
    approvals.mature_due(now=later)
    batch = payouts.reserve_batch(
        program=stripe.program,
        reward_ids=list(Reward.objects.values_list("pk", flat=True)),
        actor=kato,
        now=later,
    )
    payouts.settle_batch(batch_id=batch.pk, actor=sato, now=later)
    send_stripe(stripe, charge_refunded(1_000_000))
    assert set(Reward.objects.values_list("state", "reversed_amount")) == {("fulfilled", 30_000)}

    owed = LedgerEntry.objects.filter(account__kind=LedgerAccount.Kind.CLAWBACK_RECEIVABLE)
    assert abs(sum(owed.values_list("amount", flat=True))) == 45_000
    assert ledger_state()


def test_a_refund_that_fails_after_it_was_counted_goes_to_a_person(
    stripe: InboundSource, code: str
) -> None:
    send_stripe(stripe, checkout(client_reference_id=code))
    send_stripe(stripe, refund("re_1", 1_000, status="pending"))
    assert Refund.objects.count() == 0
    send_stripe(stripe, event("refund.updated", refund("re_1", 1_000)["data"]["object"]))
    assert Refund.objects.get().amount == 1_000
    failed = refund("re_1", 1_000, status="failed")["data"]["object"]
    answer = send_stripe(stripe, event("refund.failed", failed))
    assert answer.json()["facts"][0]["status"] == "review"


def test_newer_versions_say_apart_which_payment_paid_an_invoice(
    stripe: InboundSource, code: str
) -> None:
    send_stripe(stripe, charge_refunded(100_000))
    send_stripe(stripe, invoice(payment_intent=None, charge=None, metadata={"hazumi_code": code}))
    assert Conversion.objects.get().refunded_amount == 0
    paid = {
        "id": "inpay_1",
        "invoice": "in_1",
        "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
    }
    send_stripe(stripe, event("invoice_payment.paid", paid))
    assert Conversion.objects.get().refunded_amount == 100_000


@pytest.mark.parametrize(
    ("name", "thing", "note"),
    [
        ("credit_note.created", {"id": "cn_1"}, "credit_note"),
        ("customer.created", {"id": "cus_1"}, "other_event"),
    ],
)
def test_what_is_no_sale_is_ignored_and_says_why(
    stripe: InboundSource, name: str, thing: Any, note: str
) -> None:
    assert send_stripe(stripe, event(name, thing)).json()["status"] == "ignored"
    assert InboundMessage.objects.get().note == note


@pytest.mark.parametrize(
    "order",
    [
        ("both refunds", "second refund", "invoice", "first refund", "checkout", "both refunds"),
        ("checkout", "invoice", "first refund", "second refund", "both refunds", "invoice"),
    ],
)
def test_the_same_by_http(stripe: InboundSource, code: str, order: tuple[str, ...]) -> None:
    for name in order:
        assert send_stripe(stripe, STORY[name](code)).status_code == 200
    (sale,), rewards, states = ledger_state()
    assert sale[:2] == (1_000_000, 500_000)
    assert [row[2:] for row in rewards] == [(30_000, 15_000)] * 2
    assert states == ["won"]


def test_the_same_message_forty_days_later_is_still_one(stripe: InboundSource, code: str) -> None:
    told = checkout(client_reference_id=code)
    first = send_stripe(stripe, told).json()
    InboundMessage.objects.update(received_at=time.now() - timedelta(days=40))
    again = send_stripe(stripe, told | {"pending_webhooks": 0})
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["facts"] == first["facts"]
    assert Conversion.objects.count() == 1
    other = send_stripe(stripe, told | {"created": 1})
    assert other.status_code == 409
    stripe.refresh_from_db()
    assert (stripe.conflict_count, InboundMessage.objects.get().conflict_count) == (1, 1)


# --- kept first, tried again ---


def test_a_message_whose_processing_fails_is_kept_and_tried_again(
    stripe: InboundSource, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = receive_fact

    def fails_at_the_sale(**told: Any) -> Any:
        if told["kind"] == "conversion":
            raise RuntimeError("the disk is full")
        return real(**told)

    monkeypatch.setattr(webhooks, "receive_fact", fails_at_the_sale)
    answer = send_stripe(stripe, checkout(client_reference_id=code))
    assert (answer.status_code, answer.json()["status"]) == (202, "failed")
    assert Fact.objects.count() == 0, "the facts of a message and its mark are one transaction"
    monkeypatch.setattr(webhooks, "receive_fact", real)
    assert webhooks.retry_messages(now=time.now()) == 0, "not before its time"
    assert webhooks.retry_messages(now=time.now() + timedelta(minutes=2)) == 1
    assert (InboundMessage.objects.get().state, Conversion.objects.count()) == ("processed", 1)


def test_a_message_whose_worker_died_is_found_by_the_sweep(
    stripe: InboundSource, code: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(
        webhooks,
        "process_message",
        lambda **given: InboundMessage.objects.get(pk=given["message_id"]),
    )
    assert send_stripe(stripe, checkout(client_reference_id=code)).status_code == 202
    monkeypatch.undo()
    assert webhooks.retry_messages(now=time.now() + timedelta(minutes=1)) == 1
    assert Reward.objects.count() == 2


# --- deals ---


def deal(**properties: Any) -> dict[str, Any]:
    return {
        "objectId": 501,
        "properties": {
            "hs_object_id": {"value": "501"},
            "dealstage": {"value": "contractsent"},
            "amount": {"value": "1200000"},
            "deal_currency_code": {"value": "JPY"},
            "company_domain": {"value": "https://www.aoba.example/about"},
            **{name: {"value": value} for name, value in properties.items()},
        },
    }


def test_a_hubspot_deal_moves_the_introduction_stage_by_stage(
    program: Program, kato: Any, code: str
) -> None:
    source, key = make_source("hubspot", program, kato)
    headers = {"authorization": f"Bearer {key}"}
    begun = str(int((NOW - timedelta(days=20)).timestamp() * 1000))
    told = send(source, deal(hazumi_code=code, createdate=begun), headers)
    assert [one["kind"] for one in told.json()["facts"]] == ["introduction", "stage"]
    assert Referral.objects.get().state == "opportunity"
    again = send(source, deal(hazumi_code=code, createdate=begun), headers)
    assert again.json()["duplicate"]
    won = deal(dealstage="closedwon", closedate=str(int(NOW.timestamp() * 1000)))
    assert send(source, won, headers).json()["facts"][0]["status"] == "applied"
    sale = Conversion.objects.get()
    assert (sale.amount, sale.invoice, sale.occurred_at) == (1_200_000, "hubspot:501", NOW)
    unknown = send(source, deal(dealstage="9999999"), headers)
    assert unknown.json()["status"] == "unusable"
    message = InboundMessage.objects.get(state="unusable")
    assert message.note == "unknown_stage: 9999999"
    source.mapping["stages"]["9999999"] = "live"
    sources.change_source(
        source=source, name="HubSpot", program=program, mapping=source.mapping, actor=kato, now=NOW
    )
    assert webhooks.process_message(message_id=message.pk, now=NOW, again=True).state == "processed"
    assert Referral.objects.get().state == "live"


def test_a_salesforce_opportunity_by_its_short_and_its_long_id(
    program: Program, kato: Any, code: str
) -> None:
    source, key = make_source("salesforce", program, kato)
    record = {
        "Id": "0065g00000ABCDEAA4",
        "StageName": "Closed Won",
        "Amount": 20000.5,
        "CurrencyIsoCode": "USD",
        "CloseDate": "2026-11-19",
        "Account": {"Website": "aoba.example", "Name": "Aoba"},
        "Hazumi_Code__c": code,
    }
    assert send(source, record, {"x-hazumi-key": key}).json()["status"] == "processed"
    assert Conversion.objects.get().amount == 2_000_050
    again = send(
        source, record | {"Id": "0065g00000ABCDE", "LastModifiedBy": "x"}, {"x-hazumi-key": key}
    )
    assert {one["status"] for one in again.json()["facts"]} == {"duplicate"}


def test_standard_webhooks_use_our_own_format(program: Program, kato: Any, code: str) -> None:
    source, secret = make_source("standard", program, kato)
    data = {"domain": "aoba.example", "code": code, "company": "青葉製作所"}
    body = packed({"type": "introduction", "data": data})
    assert send(source, body, standard_headers(body, secret)).json()["status"] == "processed"
    bad = packed(
        {"type": "conversion", "data": {"domain": "aoba.example", "amount": 0, "currency": "JPY"}}
    )
    answer = send(source, bad, standard_headers(bad, secret, "msg_2"))
    assert answer.json()["status"] == "unusable"
    assert (
        json.loads(bytes(InboundMessage.objects.get(external_id="msg_2").body))["type"]
        == "conversion"
    )
    total = {"invoice": "I-1", "total": 10, "charge": "c"}
    sale = packed(
        {
            "type": "conversion",
            "data": {"domain": "aoba.example", "amount": 100, "currency": "JPY", "invoice": "I-1"},
        }
    )
    send(source, sale, standard_headers(sale, secret, "msg_3"))
    back = packed({"type": "refund", "data": total})
    assert (
        send(source, back, standard_headers(back, secret, "msg_4")).json()["facts"][0]["status"]
        == "applied"
    )
    assert Conversion.objects.get().refunded_amount == 10

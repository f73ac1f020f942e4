"""Test modes and sandboxes of other systems are kept and never counted; accounts do not mix."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from portal.audit.models import AuditEntry
from referrals.inbound.modes import is_test
from referrals.models import Conversion, Fact, InboundMessage, InboundSource, Program, Reward
from referrals.services.intake import imports, webhooks
from tests.people import NOW
from tests.referrals.senders import (
    charge_refunded,
    checkout,
    invoice,
    make_source,
    packed,
    send,
    send_stripe,
    standard_headers,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"livemode": False}, True),
        ({"livemode": True}, False),
        ({"livemode": "false"}, True),
        ({"type": "x"}, False),
        ({"test": True}, True),
        ({"test": "はい"}, True),
        ({"test": False, "data": {"test": 1}}, True),
        ({"data": {"is_sandbox": "true"}}, True),
        ({"accountType": "SANDBOX"}, True),
        ({"accountType": "DEVELOPER_TEST"}, True),
        ({"accountType": "STANDARD"}, False),
        ({"Organization": {"IsSandbox": True}}, True),
        ({"environment": "sandbox"}, True),
        ({"environment": "production"}, False),
        ({"properties": {"is_test": {"value": "true"}}}, True),
        ({"instanceUrl": "https://acme--uat.sandbox.my.salesforce.com/"}, True),
        ({"instanceUrl": "https://test.salesforce.com/services"}, True),
        ({"instanceUrl": "https://acme.my.salesforce.com/"}, False),
        ({"url": "https://xn--wgv71a119e.jp/"}, False),
        ({"data": {"object": {"mode": "payment"}}}, False),
        ([{"test": True}, {"test": True}], True),
        ([], False),
        (None, False),
        ("test", False),
    ],
)
def test_what_says_that_it_is_a_test(payload: Any, expected: bool) -> None:
    assert is_test(payload) is expected


def test_a_test_payment_is_kept_and_not_counted(
    stripe: InboundSource, code: str, client_for: Any, kato: Any
) -> None:
    told = checkout(client_reference_id=code) | {"livemode": False}
    assert send_stripe(stripe, told).status_code == 200
    assert send_stripe(stripe, told).json()["duplicate"] is True
    message = InboundMessage.objects.get()
    assert (message.state, message.note) == ("ignored", "test_message")
    with translation.override("en"):
        assert message.label == "Test, not counted"
    assert bytes(message.body) == packed(told)
    assert not Fact.objects.exists()
    assert not Reward.objects.exists()
    page = client_for(kato).get(reverse("referrals:source", args=[stripe.public_id]))
    assert "テスト（数えません）" in page.content.decode()


def test_the_real_payment_with_the_same_numbers_still_counts(
    stripe: InboundSource, code: str
) -> None:
    test = checkout(client_reference_id=code) | {"livemode": False, "id": "evt_test"}
    send_stripe(stripe, test)
    send_stripe(stripe, checkout(client_reference_id=code))
    assert Conversion.objects.count() == 1


def test_a_source_for_tests_takes_tests_alone(program: Program, kato: Any, code: str) -> None:
    source, _ = make_source("stripe", program, kato, mode="test")
    send_stripe(source, checkout(client_reference_id=code))
    assert InboundMessage.objects.get().note == "live_message"
    assert not Fact.objects.exists()
    send_stripe(source, checkout(client_reference_id=code) | {"livemode": False, "id": "evt_t"})
    assert Conversion.objects.count() == 1


def test_standard_webhooks_and_crms_say_so_too(program: Program, kato: Any, code: str) -> None:
    source, secret = make_source("standard", program, kato)
    body = packed(
        {
            "type": "introduction",
            "test": True,
            "data": {"code": code, "domain": "aoba.example", "external_id": "1"},
        }
    )
    assert send(source, body, standard_headers(body, secret)).status_code == 200
    crm, _ = make_source("hubspot", program, kato)
    deal = {"objectId": 7, "accountType": "SANDBOX", "properties": {"dealstage": "closedwon"}}
    webhooks.take_message(source=crm, external_id="d", body=packed(deal), headers={}, now=NOW)
    assert set(InboundMessage.objects.values_list("note", flat=True)) == {"test_message"}
    assert not Fact.objects.exists()


def test_a_column_of_a_file_marks_tests(program: Program, kato: Any, code: str) -> None:
    source, _ = make_source("hubspot", program, kato)
    data = (
        "Record ID,Deal Stage,Company Domain Name,Amount,Close Date,Referral Code,Test\n"
        f"1,Closed Won,aoba.example,1000,2026-11-20,{code},true\n"
        f"2,Closed Won,midori.example,1000,2026-11-20,{code},\n"
    )
    batch = imports.begin_import(
        source=source, data=data.encode(), file_name="a.csv", actor=kato, now=NOW
    )
    assert batch.columns["test"] == "Test"
    assert batch.checked["counts"]["created"] == 1
    assert batch.checked["counts"]["skipped"] == 1


def test_two_accounts_on_one_endpoint_do_not_mix(stripe: InboundSource, code: str) -> None:
    """The same numbers in two accounts are two sales; each refund belongs to its own."""
    for account, company in (("acct_a", "aoba.example"), ("acct_b", "midori.example")):
        buyer = {"email": f"buy@{company}", "business_name": company}
        told = checkout(client_reference_id=code, customer_details=buyer) | {"account": account}
        assert send_stripe(stripe, told).json()["duplicate"] is False
        send_stripe(stripe, invoice(customer_email=f"buy@{company}") | {"account": account})
    send_stripe(stripe, charge_refunded(400_000) | {"account": "acct_b"})
    assert not Fact.objects.exclude(state="applied").exists()
    assert sorted(Conversion.objects.values_list("invoice", "refunded_amount")) == [
        ("acct_a:in_1", 0),
        ("acct_b:in_1", 400_000),
    ]


def test_an_administrator_chooses_what_a_source_takes(
    client_for: Any, kato: Any, stripe: InboundSource
) -> None:
    assert stripe.mode == "live"
    address = reverse("referrals:source_edit", args=[stripe.public_id])
    form = {"name": stripe.name, "program": stripe.program_id, "mode": "test"}
    assert client_for(kato).post(address, form).status_code == 302
    stripe.refresh_from_db()
    assert stripe.mode == "test"
    change = AuditEntry.objects.filter(action="referrals.source.change").latest("pk")
    assert (change.before["mode"], change.after["mode"]) == ("live", "test")

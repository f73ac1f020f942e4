"""Administrators connect systems; staff are alerted of what waits too long; contents are deleted in
time.
"""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.services import erase_user
from portal.audit.models import AuditEntry
from portal.core.db.secrets import decrypt
from portal.dev.demo_registry import DemoWorld
from portal.dev.sample_removal import Removal
from portal.notifications.models import Notification
from referrals.demo import inbound as demo_inbound
from referrals.models import DealRow, Fact, InboundMessage, InboundSource, Program
from referrals.services.facts import stale_alerts
from referrals.services.intake import imports, retention, sources, webhooks
from referrals.services.intake.webhooks import take_message
from tests.people import NOW
from tests.referrals.made import make_program, tell
from tests.referrals.senders import (
    STRIPE_SECRET,
    checkout,
    make_source,
    packed,
    send,
    send_stripe,
)

pytestmark = pytest.mark.django_db


def test_a_system_is_added_and_its_secret_is_shown_once(
    as_: Any, kato: Any, program: Program
) -> None:
    client = as_(kato)
    answer = client.post(
        reverse("referrals:source_new"),
        {"kind": "hubspot", "name": "営業のHubSpot", "program": program.pk},
    )
    source = InboundSource.objects.get()
    secret = decrypt(source.secret)
    assert secret in answer.content.decode()
    assert secret not in source.secret
    assert str(source.public_id) in answer.content.decode()
    for name in ("source", "source_edit"):
        page = client.get(reverse(f"referrals:{name}", args=[source.public_id]))
        assert page.status_code == 200
        assert secret not in page.content.decode()
    assert source.slug == "hubspot"
    assert AuditEntry.objects.filter(action="referrals.source.add").exists()
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_source_of_a_points_program_counts_sales_in_money(as_: Any, kato: Any) -> None:
    points = make_program(currency="PTS")
    as_(kato).post(
        reverse("referrals:source_new"),
        {"kind": "hubspot", "name": "HubSpot", "program": points.pk},
    )
    assert InboundSource.objects.get().mapping["currency"] == "JPY"


@pytest.mark.parametrize("secret", ["", "short", "not-stripes-0123456789"])
def test_stripes_secret_is_stripes_own(as_: Any, kato: Any, program: Program, secret: str) -> None:
    data = {"kind": "stripe", "name": "Stripe", "program": program.pk, "secret": secret}
    answer = as_(kato).post(reverse("referrals:source_new"), data)
    assert answer.status_code == 422
    assert "whsec_" in answer.content.decode()
    assert InboundSource.objects.count() == 0
    data["secret"] = STRIPE_SECRET
    assert as_(kato).post(reverse("referrals:source_new"), data).status_code == 302


def test_the_mapping_is_edited_and_a_wrong_line_is_named(
    as_: Any, kato: Any, program: Program
) -> None:
    source, _ = make_source("salesforce", program, kato)
    client, url = as_(kato), reverse("referrals:source_edit", args=[source.public_id])
    data = {
        "name": "SF",
        "program": program.pk,
        "currency": "USD",
        "field_deal": "Id",
        "field_stage": "StageName",
        "field_domain": "Website",
        "stages": "Closed Won = won\nA = B = lost\nPilot = qualified",
    }
    wrong = client.post(url, data | {"stages": "Closed Won = won\nPilot: qualified"})
    assert wrong.status_code == 422
    assert "2行目" in wrong.content.decode()
    assert "Pilot: qualified" in wrong.content.decode(), "the form keeps what was typed"
    assert client.post(url, data).status_code == 302
    source.refresh_from_db()
    assert source.mapping["stages"] == {"Closed Won": "won", "A = B": "lost", "Pilot": "qualified"}
    assert source.mapping["fields"]["domain"] == "Website"


def test_rotating_switching_and_reading_the_log(
    as_: Any, kato: Any, program: Program, aki: Any
) -> None:
    source, _ = make_source("stripe", program, kato)
    client, act = as_(kato), reverse("referrals:source_act", args=[source.public_id])
    assert client.post(act, {"act": "rotate", "secret": ""}).status_code == 422
    assert (
        client.post(act, {"act": "rotate", "secret": "whsec_second-0123456789"}).status_code == 302
    )
    assert send_stripe(source, checkout()).status_code == 200, (
        "the secret before it is good for a day"
    )
    send(source, b"{}", {"stripe-signature": "t=1,v1=0"})
    page = client.get(reverse("referrals:source", args=[source.public_id])).content.decode()
    assert "checkout.session.completed" in page
    assert "署名の期限切れ" in page or "署名の形式が不正" in page
    message = InboundMessage.objects.get()
    page = client.get(
        reverse("referrals:inbound_message", args=[message.public_id])
    ).content.decode()
    assert "この企業の紹介を待っています" in page
    client.post(act, {"act": "switch"})
    assert send_stripe(source, checkout()).status_code == 403
    names = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"referrals.source.rotate_secret", "referrals.source.switch_off"} <= names


def test_what_was_not_understood_is_tried_again_when_the_mapping_is_mended(
    as_: Any, kato: Any, program: Program
) -> None:
    source, key = make_source("hubspot", program, kato)
    send(
        source,
        {"objectId": 1, "properties": {"dealstage": "77", "domain": "aoba.example"}},
        {"x-hazumi-key": key},
    )
    assert InboundMessage.objects.get().state == "unusable"
    mapping = {**source.mapping, "stages": {"77": "qualified"}}
    sources.change_source(
        source=source, name="H", program=program, mapping=mapping, actor=kato, now=NOW
    )
    as_(kato).post(reverse("referrals:source_act", args=[source.public_id]), {"act": "again"})
    assert InboundMessage.objects.get().state == "processed"
    assert Fact.objects.get().body["stage"] == "qualified"


# --- what waits too long ---


def test_staff_are_alerted_once_of_what_waits_for_more_than_a_day(
    as_: Any, tanaka: Any, kato: Any, aki: Any, sato: Any, program: Program, dispatched: Any
) -> None:
    for number in range(3):
        tell("refund", f"r{number}", invoice=f"INV-{number}", amount=10)
    source, _ = make_source("stripe", program, kato)
    send_stripe(source, checkout())
    day = NOW + timedelta(hours=24)
    assert stale_alerts.raise_alarms(now=day - timedelta(minutes=1)) == 0
    assert stale_alerts.raise_alarms(now=day) == 3
    assert stale_alerts.raise_alarms(now=day + timedelta(days=5)) == 0, "once per fact"
    dispatched()
    told = Notification.objects.filter(kind="facts_stranded")
    assert set(told.values_list("user_id", flat=True)) == {tanaka.pk, kato.pk}
    assert told.count() == 2
    Fact.objects.filter(external_id="r0").update(received_at=NOW - timedelta(days=9))
    page = as_(tanaka).get("/staff/referrals/?show=facts").content.decode()
    assert "1日以上" in page
    assert "対応する売上を待っています" in page
    assert "stripe 1" in page, "companies nobody introduced are counted apart"
    assert "1日以上" in as_(tanaka).get("/staff/").content.decode()


def test_records_nobody_needs_are_dismissed_after_ninety_days(program: Program, kato: Any) -> None:
    source, _ = make_source("stripe", program, kato)
    send_stripe(source, checkout())
    received = Fact.objects.get().received_at
    assert stale_alerts.dismiss_stale(now=received + timedelta(days=89)) == 0
    assert stale_alerts.dismiss_stale(now=received + timedelta(days=91)) == 1
    assert Fact.objects.get().state == "dismissed"


def test_contents_are_forgotten_in_time_and_when_a_person_is_erased(
    program: Program, kato: Any, aki: Any, tanaka: Any
) -> None:
    source, _ = make_source("stripe", program, kato)
    told = checkout(customer_details={"email": aki.email})
    send_stripe(source, told)
    send_stripe(source, checkout(id="cs_2") | {"id": "evt_2"})
    hubspot, _ = make_source("hubspot", program, kato)
    data = (
        f"Record ID,Deal Stage,Email\n1,Closed Won,{aki.email.upper()}\n"
        "2,Closed Won,x@aoba.example\n"
    )
    imports.begin_import(
        source=hubspot, data=data.encode(), file_name="a.csv", actor=tanaka, now=NOW
    )
    erase_user(user=aki, now=NOW, actor=kato)
    assert [bool(one.body) for one in InboundMessage.objects.order_by("pk")] == [False, True]
    assert [bool(one.cells) for one in DealRow.objects.order_by("number")] == [False, True]
    assert send_stripe(source, told).json()["duplicate"], "its id is remembered all the same"
    late = InboundMessage.objects.get(external_id="evt_2").received_at + timedelta(days=91)
    assert retention.forget_contents(now=late) == 2
    assert not any(bool(one.body) for one in InboundMessage.objects.all())


@pytest.mark.parametrize(
    "spelling", [str.upper, lambda email: email.replace("@", "\\u0040")], ids=["case", "escape"]
)
def test_an_erased_persons_address_is_found_in_any_spelling(
    program: Program, kato: Any, aki: Any, spelling: Any
) -> None:
    source, _ = make_source("stripe", program, kato)
    body = (
        json.dumps(checkout(customer_details={"email": "SOMEONE"}))
        .replace("SOMEONE", spelling(aki.email))
        .encode()
    )
    take_message(source=source, external_id="evt_9", body=body, headers={}, now=NOW)
    other = json.dumps(checkout(id="cs_2") | {"id": "evt_2"}).encode()
    take_message(source=source, external_id="evt_2", body=other, headers={}, now=NOW)
    erase_user(user=aki, now=NOW, actor=kato)
    assert [bool(one.body) for one in InboundMessage.objects.order_by("pk")] == [False, True]


@pytest.mark.parametrize("still_broken", [False, True])
def test_a_sale_that_waits_is_not_lost_when_its_buyer_is_erased(
    program: Program, kato: Any, aki: Any, monkeypatch: pytest.MonkeyPatch, still_broken: bool
) -> None:
    source, _ = make_source("stripe", program, kato)
    told = checkout(customer_details={"email": aki.email.upper()})

    def breaks(*args: Any) -> Any:
        raise LookupError

    with monkeypatch.context() as broken:
        broken.setattr(webhooks, "read", breaks)
        assert send_stripe(source, told).status_code == 202
        if still_broken:
            erase_user(user=aki, now=NOW, actor=kato)
    if not still_broken:
        erase_user(user=aki, now=NOW, actor=kato)
    message = InboundMessage.objects.get()
    assert aki.email.lower() not in bytes(message.body).decode().lower()
    assert bool(message.body) is still_broken
    webhooks.retry_messages(now=message.received_at + timedelta(hours=1))
    message.refresh_from_db()
    assert message.state == "processed"
    assert Fact.objects.get().body["domain"] == "acme.example"


def test_what_failed_for_good_is_forgotten_too(program: Program, kato: Any) -> None:
    source, _ = make_source("stripe", program, kato)
    for number in range(2):
        event = checkout(id=f"cs_{number}") | {"id": f"evt_{number}"}
        InboundMessage.objects.create(
            source=source, external_id=event["id"], body=packed(event), received_at=NOW
        )
    InboundMessage.objects.update(state="failed")
    late = NOW + timedelta(days=400)
    InboundMessage.objects.filter(external_id="evt_1").update(next_try_at=late)
    assert retention.forget_contents(now=late) == 1
    assert [bool(one.body) for one in InboundMessage.objects.order_by("pk")] == [False, True], (
        "the other is tried yet"
    )


def test_the_samples_systems_go_with_the_sample(program: Program, kato: Any) -> None:
    world = DemoWorld(start=NOW - timedelta(days=120), end=NOW, dice=random.Random(1))
    mine, _ = make_source("stripe", program, kato, name="ours")
    demo_inbound.tell(program, kato, world)
    assert InboundSource.objects.filter(is_sample=True).count() == 2
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {
        "processed",
        "ignored",
        "unusable",
    }
    demo_inbound.forget(Removal(people=set(), companies=set(), now=NOW))
    assert list(InboundSource.objects.all()) == [mine]
    assert InboundMessage.objects.count() == 0

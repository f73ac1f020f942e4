"""Inbound records through the API: idempotent, refused without the scope, deferred when they come
early.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Organization
from portal.api.services import create_key
from referrals.models import Conversion, Fact, Program, Referral, Reward
from referrals.services.links.links import link_for
from tests.people import NOW
from tests.referrals.made import make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(kato: Any, program: Program) -> Any:
    def go(name: str, body: dict[str, Any], idem: str, *scopes: str) -> Any:
        _, text = create_key(name="crm", scopes=scopes or ["referrals:write"], actor=kato, now=NOW)
        client = Client(headers={"authorization": f"Bearer {text}"})
        return client.post(
            f"/api/v1/{name}/",
            json.dumps(body),
            content_type="application/json",
            headers={"idempotency-key": idem},
        )

    return go


def test_a_sale_received_before_its_introduction_waits_and_then_counts_once(
    post: Any, aki: Any, program: Program
) -> None:
    sale = {"domain": "aoba.example", "invoice": "INV-1", "amount": 500_000, "currency": "JPY"}
    assert post("conversions", sale, "c1").status_code == 202
    link = link_for(user=aki, program=program, now=NOW)
    told = post("introductions", {"domain": "aoba.example", "code": link.code}, "i1")
    assert told.status_code == 201
    again = post("conversions", sale, "c1")
    assert (again.status_code, again.json()["status"], again.json()["duplicate"]) == (
        200,
        "applied",
        True,
    )
    assert Reward.objects.count() == 2
    assert post("conversions", {**sale, "amount": 1}, "c1").status_code == 409


def test_refunds_are_reported_singly_or_cumulatively(post: Any, aki: Any, program: Program) -> None:
    link = link_for(user=aki, program=program, now=NOW)
    post("introductions", {"domain": "aoba.example", "code": link.code}, "i1")
    post(
        "conversions",
        {"domain": "aoba.example", "invoice": "INV-1", "amount": 500_000, "currency": "JPY"},
        "c1",
    )
    part = {"invoice": "INV-1", "charge": "ch_1", "currency": "JPY"}
    for idem, body in (
        ("t2", {"total": 250_000}),
        ("t1", {"total": 100_000}),
        ("s1", {"reference": "a", "amount": 100_000}),
    ):
        assert post("refunds", part | body, idem).json()["status"] == "applied"
    assert set(Reward.objects.values_list("reversed_amount", flat=True)) == {15_000}
    assert post("refunds", part | {"amount": 1, "total": 1}, "x").status_code == 400
    assert post("refunds", part, "x").status_code == 400
    assert (
        post("refunds", part | {"reference": "b", "amount": 1, "currency": "USD"}, "y").json()[
            "status"
        ]
        == "review"
    )


def test_a_wrong_amount_is_corrected_by_a_later_message(
    post: Any, aki: Any, program: Program
) -> None:
    about = {"domain": "aoba.example", "currency": "JPY"}
    correction = {**about, "amount": 500_000, "corrects": "INV-1"}
    assert post("conversions", correction, "k1").status_code == 202, "it waits for its sale"
    link = link_for(user=aki, program=program, now=NOW)
    post("introductions", {"domain": "aoba.example", "code": link.code}, "i1")
    post("conversions", {**about, "invoice": "INV-1", "amount": 5}, "c1")
    assert Conversion.objects.get().amount == 500_000
    assert post("conversions", correction, "k1").json()["duplicate"]
    assert post("conversions", {**correction, "amount": 6}, "k1").status_code == 409


@pytest.mark.parametrize("amount", [1000.0, 10.5, "1_000", "1e3", "1,000", True, None, [1], "１"])
def test_minor_units_are_integers_or_refused(post: Any, amount: Any) -> None:
    sale = {"domain": "a.example", "invoice": "I", "amount": amount, "currency": "JPY"}
    assert post("conversions", sale, "x").status_code == 400
    assert not Fact.objects.exists()


def test_what_is_not_right_is_refused(post: Any) -> None:
    assert (
        post(
            "conversions", {"domain": "a.example", "amount": 0, "currency": "JPY"}, "x"
        ).status_code
        == 400
    )
    assert (
        post(
            "conversions", {"domain": "a.example", "amount": 1, "currency": "JPY", "user": 1}, "x"
        ).status_code
        == 400
    )
    assert post("stages", {"domain": "a.example", "stage": "lost"}, "x").status_code == 400
    assert post("refunds", {"invoice": "I", "amount": 1}, "x", "referrals:read").status_code == 403


def test_a_company_is_one_however_its_domain_is_written(
    post: Any, aki: Any, program: Program
) -> None:
    code = link_for(user=aki, program=program, now=NOW).code
    told = [
        post("introductions", {"domain": written, "code": code}, f"i{number}").json()["result"][
            "referral"
        ]
        for number, written in enumerate(
            (
                "aoba.example",
                "AOBA.example",
                "https://www.aoba.example/about?x=1",
                "taro@aoba.example",
            )
        )
    ]
    assert len(set(told)) == 1
    post(
        "conversions",
        {"domain": "www.aoba.example", "invoice": "I", "amount": 500_000, "currency": "JPY"},
        "c",
    )
    assert Reward.objects.count() == 2


@pytest.mark.parametrize(
    "written", ["not a domain", "<b>x</b>", "com", "co.jp", ".", "127.0.0.1", "x", "gmail.com"]
)
def test_what_is_no_company_s_domain_is_refused(
    post: Any, aki: Any, program: Program, written: str
) -> None:
    code = link_for(user=aki, program=program, now=NOW).code
    refused = post("introductions", {"domain": written, "code": code}, "i")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["domain"])
    assert not Organization.objects.filter(email_domains__domain=written).exists()


def test_a_private_address_of_a_named_company_does_not_matter(
    post: Any, aki: Any, mio: Any, program: Program
) -> None:
    code = link_for(user=aki, program=program, now=NOW).code
    body = {"organization": str(mio.organization.public_id), "domain": "gmail.com", "code": code}
    assert post("introductions", body, "i").status_code == 201


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("currency", "ZZZ"),
        ("currency", "PTS"),
        ("occurred_at", "2062-11-20T10:00:00+09:00"),
    ],
)
def test_slips_of_the_fingers_are_refused(post: Any, name: str, value: str) -> None:
    sale = {"domain": "aoba.example", "invoice": "I", "amount": 1, "currency": "JPY", name: value}
    refused = post("conversions", sale, "c")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [name])


def test_a_key_names_one_request_also_beside_an_id_of_its_own(post: Any, kato: Any) -> None:
    _, text = create_key(name="crm", scopes=["referrals:write"], actor=kato, now=NOW)
    client = Client(headers={"authorization": f"Bearer {text}"})

    def tell(external_id: str) -> int:
        sale = {
            "domain": "aoba.example",
            "amount": 1,
            "currency": "JPY",
            "external_id": external_id,
        }
        return client.post(
            "/api/v1/conversions/",
            json.dumps(sale),
            content_type="application/json",
            headers={"idempotency-key": "k"},
        ).status_code

    assert [tell("a"), tell("a"), tell("b")] == [202, 200, 409]
    assert Fact.objects.count() == 1
    sale = {"domain": "aoba.example", "amount": 2, "currency": "JPY"}
    assert post("conversions", sale, "alone").status_code == 202
    assert post("conversions", {**sale, "external_id": "c"}, "alone").status_code == 409


def test_a_name_holds_no_letters_that_turn_the_others(
    post: Any, aki: Any, program: Program
) -> None:
    code = link_for(user=aki, program=program, now=NOW).code
    post(
        "introductions",
        {"domain": "aoba.example", "code": code, "company": "青葉\u202e製作所\x07"},
        "i",
    )
    assert Referral.objects.get().organization.name == "青葉製作所"


def test_staff_see_what_a_doubtful_message_says_and_try_it_again(
    post: Any, as_: Any, aki: Any, tanaka: Any, program: Program
) -> None:
    code = link_for(user=aki, program=program, now=NOW).code
    told = {"domain": "aoba.example", "code": code, "program": "later"}
    assert post("introductions", told, "i").json()["status"] == "review"
    desk = as_(tanaka)
    page = desk.get("/staff/referrals/?show=facts").content.decode()
    assert f"aoba.example · {code} · later" in page
    act = reverse("referrals:fact", args=[Fact.objects.get().pk])
    desk.post(act, {"act": "retry"})
    assert Fact.objects.get().state == "review", "nothing was mended yet"
    make_program(slug="later", is_default=False)
    desk.post(act, {"act": "retry"})
    assert (Fact.objects.get().state, Referral.objects.get().program.slug) == ("applied", "later")

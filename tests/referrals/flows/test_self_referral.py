"""Introducing oneself, a colleague or our own staff counts for nothing, told by mail addresses."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress

from portal.accounts.models import EmailDomain, Organization
from portal.accounts.services import create_organization, create_user
from referrals.inbound import stripe as stripe_events
from referrals.models import InboundSource, Program, Referral, Reward
from referrals.services.facts.record import receive_fact
from referrals.services.intake.webhooks import knows_code
from referrals.services.introductions import signups
from referrals.services.introductions.introductions import introduce_person
from referrals.services.links.links import link_for
from tests.people import NOW
from tests.referrals.senders import checkout

pytestmark = pytest.mark.django_db


@pytest.fixture
def yuki(program: Program) -> Any:
    """Belongs to a customer that has not entered its domain."""
    company = create_organization(name="雪印刷", now=NOW, lifecycle="adopting")
    person = create_user(email="yuki.s@gmail.com", display_name="雪", organization=company, now=NOW)
    EmailAddress.objects.create(user=person, email="yuki@yuki-kk.co.jp", verified=True)
    return person


def named(program: Program, referrer: Any, email: str) -> Referral:
    return introduce_person(
        program=program,
        referrer=referrer,
        name="誰か",
        company="会社",
        email=email,
        has_consent=True,
        now=NOW,
    )[0]


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("yukis+2@googlemail.com", "self"),
        ("YUKI@yuki-kk.co.jp", "self"),
        ("boss@yuki-kk.co.jp", "own_organization"),
        ("boss@mail.Yuki-KK.co.jp", "own_organization"),
        ("sales@cloud.example", "host_company"),
    ],
)
def test_a_named_introduction_of_ones_own_side_is_refused(
    program: Program, yuki: Any, sato: Any, email: str, reason: str
) -> None:
    before = Organization.objects.count()
    referral = named(program, yuki, email)
    referral.refresh_from_db()
    assert (referral.state, referral.reason) == ("rejected", f"rule:{reason}")
    assert Organization.objects.count() == before, "no prospect takes the company's domain"
    assert not EmailDomain.objects.filter(domain="yuki-kk.co.jp").exists()


def test_a_stranger_is_introduced_as_ever(program: Program, yuki: Any) -> None:
    assert named(program, yuki, "aoki@aoba.co.jp").state == "accepted"


@pytest.mark.parametrize("email", ["yuki.s+shop@gmail.com", "new@yuki-kk.co.jp"])
def test_a_sign_up_by_ones_own_link_is_refused(program: Program, yuki: Any, email: str) -> None:
    link = link_for(user=yuki, program=program, now=NOW)
    person = create_user(email=email, display_name="新人", now=NOW)
    signups.remember_link(user=person, cookie=f"{link.code}..{int(NOW.timestamp())}", now=NOW)
    referral = signups.apply_claim(user=person, email=email, now=NOW)
    assert referral is not None
    referral.refresh_from_db()
    assert referral.state == "rejected"
    assert not EmailDomain.objects.filter(domain="yuki-kk.co.jp").exists()


def test_buying_with_ones_own_code_earns_nothing(
    stripe: InboundSource, program: Program, yuki: Any
) -> None:
    code = link_for(user=yuki, program=program, now=NOW).code
    told = checkout(client_reference_id=code, customer_details={"email": "buy@yuki-kk.co.jp"})
    for one in stripe_events.read(told, program="friends", knows_code=knows_code).facts:
        receive_fact(
            source="stripe", external_id=one.external_id, kind=one.kind, body=one.body, now=NOW
        )
    assert set(Referral.objects.values_list("state", flat=True)) == {"rejected"}
    assert not Reward.objects.exists()
    assert not EmailDomain.objects.filter(domain="yuki-kk.co.jp").exists()


def test_two_tenants_of_one_service_are_two_companies(stripe: InboundSource, code: str) -> None:
    for tenant in ("tenant-a", "tenant-b"):
        told = checkout(
            id=f"cs_{tenant}",
            invoice=None,
            payment_intent=f"pi_{tenant}",
            client_reference_id=code,
            customer_details={"email": f"buyer@{tenant}.onmicrosoft.com", "business_name": tenant},
        )
        for one in stripe_events.read(told, program="friends", knows_code=knows_code).facts:
            receive_fact(
                source="stripe", external_id=one.external_id, kind=one.kind, body=one.body, now=NOW
            )
    assert set(
        EmailDomain.objects.filter(domain__contains="onmicrosoft").values_list(
            "domain", "organization__name"
        )
    ) == {
        ("tenant-a.onmicrosoft.com", "tenant-a"),
        ("tenant-b.onmicrosoft.com", "tenant-b"),
    }
    assert set(Referral.objects.values_list("state", flat=True)) == {"won"}

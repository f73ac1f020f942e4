"""A named person: her own page, who knows its address, what she may answer on it; no mail from us to strangers."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.audit.models import AuditEntry
from referrals.models import Program, Referral
from referrals.services import introductions
from tests.people import NOW
from tests.referrals.made import books_hold

pytestmark = pytest.mark.django_db


def test_a_named_person_agrees_on_her_own_page(client_for: Any, aki: Any, program: Program) -> None:
    page = client_for(aki).post(
        reverse("referrals:introduce"),
        {"name": "青木 恵", "company": "青葉製作所", "email": "ao@aoba.example", "why": "締めで困っています"},
    )
    referral = Referral.objects.get()
    assert referral.state == "consent_pending"
    url = page.context["url"]
    stranger = client_for(None)
    path = url[url.index("/introductions/") :]
    assert "青木" in stranger.get(path).content.decode()
    own = stranger.post(path, {"answer": "confirm"}).context["url"]
    referral.refresh_from_db()
    assert referral.state == "accepted"
    assert referral.name_consent_at is not None
    stranger.post(own[own.index("/introductions/") :], {"answer": "erase"})
    referral.refresh_from_db()
    assert (referral.referee_name, referral.referee_email, referral.state) == ("", "", "declined")
    assert stranger.get(path, follow=True).status_code == 410
    books_hold()


def test_the_address_the_referrer_knows_closes_with_the_first_answer(
    client_for: Any, aki: Any, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    _referral, token = introductions.introduce_person(
        program=program, referrer=aki, name="青木 恵", company="青葉製作所", email="ao@aoba.example", now=NOW
    )
    path = reverse("referrals:introduction", args=[token])
    introduced, referrer = client_for(None), client_for(None)
    own = introduced.get(path).context["own"]
    introduced.post(path, {"answer": "confirm", "own": own})
    page = reverse("referrals:introduction", args=[own])
    assert "青木" in client_for(None).get(page).content.decode()
    assert referrer.get(path).status_code == 410
    assert referrer.post(path, {"answer": "erase", "own": "x" * 32}, follow=True).status_code == 410
    assert referrer.get(reverse("referrals:prospect_call", args=[token])).status_code == 410
    assert Referral.objects.get().referee_name == "青木 恵"
    assert introduced.get(path).url == page, "in her own browser the address in the message goes on leading to it"
    again = client_for(None).post(path, {"answer": "confirm", "own": own})  # the first reply got lost on the way
    assert again.url == page
    assert "に同意をいただきました" in introduced.get(page).content.decode()
    introduced.post(page, {"answer": "decline"})
    stays = introduced.post(page, {"answer": "confirm"}, follow=True)  # from a page that was open meanwhile
    assert "ご連絡しません" in stays.content.decode(), "her own page stays where it is and says how it stands"
    assert (Referral.objects.get().state, Referral.objects.get().name_consent_at) == ("declined", None)


def test_the_desk_gives_her_a_page_nobody_else_ever_knew(
    as_: Any, client_for: Any, aki: Any, tanaka: Any, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    referral, token = introductions.introduce_person(
        program=program, referrer=aki, name="青木 恵", company="青葉製作所", email="ao@aoba.example", now=NOW
    )
    answerer = client_for(None)
    first = answerer.post(reverse("referrals:introduction", args=[token]), {"answer": "confirm"}).context["url"]
    act = reverse("referrals:desk_act", args=[referral.public_id])
    assert (
        "ページで回答した人"
        in as_(tanaka).get(reverse("referrals:desk_referral", args=[referral.public_id])).content.decode()
    )
    given = as_(tanaka).post(act, {"act": "page"}).context["url"]
    assert client_for(None).get(given).status_code == 200
    assert answerer.get(first).status_code == 410
    assert AuditEntry.objects.filter(action="referrals.page.give", actor_id=tanaka.pk).count() == 1
    answerer.get(given)
    answerer.post(given, {"answer": "erase"})
    assert as_(tanaka).post(act, {"act": "page"}, follow=True).status_code == 200
    assert Referral.objects.get().token_hash is None


def test_the_server_sends_no_mail_to_introduced_people(aki: Any, program: Program, mailoutbox: list[Any]) -> None:
    introductions.introduce_person(
        program=program, referrer=aki, name="青木", company="青葉", email="ao@aoba.example", now=NOW, has_consent=True
    )
    assert mailoutbox == []

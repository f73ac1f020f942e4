"""Introducing somebody by name: their own page, who knows its address, what they may answer on it;
we mail nobody who did not sign up.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.audit.models import AuditEntry
from referrals.models import Program, Referral
from referrals.services.introductions import introductions
from tests.people import NOW
from tests.referrals.made import ledger_checks_pass

pytestmark = pytest.mark.django_db


def test_a_named_person_agrees_on_their_own_page(
    client_for: Any, aki: Any, program: Program
) -> None:
    page = client_for(aki).post(
        reverse("referrals:introduce"),
        {
            "name": "青木 恵",
            "company": "青葉製作所",
            "email": "ao@aoba.example",
            "why": "締めで困っています",
        },
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
    ledger_checks_pass()


def test_the_address_the_referrer_knows_closes_with_the_first_answer(
    client_for: Any, aki: Any, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    _referral, token = introductions.introduce_person(
        program=program,
        referrer=aki,
        name="青木 恵",
        company="青葉製作所",
        email="ao@aoba.example",
        now=NOW,
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
    assert introduced.get(path).url == page, (
        "in her own browser the address in the message goes on leading to it"
    )
    again = client_for(None).post(
        path, {"answer": "confirm", "own": own}
    )  # the first reply got lost on the way
    assert again.url == page
    assert "に同意をいただきました" in introduced.get(page).content.decode()
    introduced.post(page, {"answer": "decline"})
    stays = introduced.post(
        page, {"answer": "confirm"}, follow=True
    )  # from a page that was open meanwhile
    assert "ご連絡しません" in stays.content.decode(), (
        "her own page stays where it is and says how it stands"
    )
    assert (Referral.objects.get().state, Referral.objects.get().name_consent_at) == (
        "declined",
        None,
    )


def test_the_desk_gives_the_referee_a_page_nobody_else_ever_knew(
    as_: Any,
    client_for: Any,
    aki: Any,
    tanaka: Any,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    referral, token = introductions.introduce_person(
        program=program,
        referrer=aki,
        name="青木 恵",
        company="青葉製作所",
        email="ao@aoba.example",
        now=NOW,
    )
    answerer = client_for(None)
    first = answerer.post(
        reverse("referrals:introduction", args=[token]), {"answer": "confirm"}
    ).context["url"]
    act = reverse("referrals:desk_act", args=[referral.public_id])
    assert (
        "ページで回答した人"
        in as_(tanaka)
        .get(reverse("referrals:desk_referral", args=[referral.public_id]))
        .content.decode()
    )
    given = as_(tanaka).post(act, {"act": "page"}).context["url"]
    assert client_for(None).get(given).status_code == 200
    assert answerer.get(first).status_code == 410
    assert AuditEntry.objects.filter(action="referrals.page.give", actor_id=tanaka.pk).count() == 1
    answerer.get(given)
    answerer.post(given, {"answer": "erase"})
    assert as_(tanaka).post(act, {"act": "page"}, follow=True).status_code == 200
    assert Referral.objects.get().token_hash is None


def test_the_server_sends_no_mail_to_introduced_people(
    aki: Any, program: Program, mailoutbox: list[Any]
) -> None:
    introductions.introduce_person(
        program=program,
        referrer=aki,
        name="青木",
        company="青葉",
        email="ao@aoba.example",
        now=NOW,
        has_consent=True,
    )
    assert mailoutbox == []


WRITTEN = {
    "name": "青木 恵",
    "company": "青葉製作所",
    "email": "ao@aoba.example",
    "why": "締めで困っていると聞きました",
}


def test_a_form_sent_twice_is_one_introduction_with_one_address(
    client_for: Any, aki: Any, program: Program
) -> None:
    browser, form = client_for(aki), reverse("referrals:introduce")
    own = browser.get(form).context["own"]
    first, again = (browser.post(form, {**WRITTEN, "own": own}).context["url"] for _ in range(2))
    assert first == again
    assert Referral.objects.count() == 1
    other = browser.post(form, {**WRITTEN, "name": "赤木 要", "own": own}).context["url"]
    assert other != first, "she went back and wrote about somebody else"
    assert client_for(None).get(first[first.index("/introductions/") :]).status_code == 200
    assert Referral.objects.count() == 2


def test_the_words_to_send_are_about_this_introduction(
    client_for: Any, aki: Any, program: Program
) -> None:
    page = client_for(aki).post(reverse("referrals:introduce"), WRITTEN)
    japanese, english = page.context["kit"]
    for said in ("青木 恵さん", WRITTEN["why"], page.context["url"], "[PR]"):
        assert said in japanese.text
    assert "Dear 青木 恵," in english.text
    html = page.content.decode()
    assert 'data-copy-from="message-ja"' in html
    assert "mailto:ao@aoba.example?subject=" in html


def test_a_lost_address_is_replaced_until_somebody_answers(
    client_for: Any, aki: Any, mio: Any, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    referral, token = introductions.introduce_person(
        program=program, referrer=aki, name="青木 恵", company="青葉製作所", now=NOW
    )
    renew, page = (
        reverse(f"referrals:{name}", args=[referral.public_id])
        for name in ("new_address", "referral")
    )
    assert client_for(mio).post(renew).status_code == 404
    assert renew in client_for(aki).get(page).content.decode()
    fresh = client_for(aki).post(renew).context["url"]
    assert client_for(None).get(reverse("referrals:introduction", args=[token])).status_code == 410
    fresh = fresh[fresh.index("/introductions/") :]
    own = client_for(None).post(fresh, {"answer": "confirm"}).context["url"]
    assert renew not in client_for(aki).get(page).content.decode()
    client_for(aki).post(renew)
    assert client_for(None).get(own[own.index("/introductions/") :]).status_code == 200, (
        "her own page stays hers"
    )


def test_the_referrer_takes_an_introduction_back(
    client_for: Any, aki: Any, program: Program
) -> None:
    introduced = client_for(aki).post(reverse("referrals:introduce"), WRITTEN)
    referral = Referral.objects.get()
    browser, act = client_for(aki), reverse("referrals:take_back", args=[referral.public_id])
    assert (
        act
        in browser.get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
    )
    shown = browser.post(act, follow=True).content.decode()
    referral.refresh_from_db()
    assert referral.state == "withdrawn"
    assert "取り下げました" in shown
    assert act not in shown
    url = introduced.context["url"]
    assert (
        "このご紹介は終了しました。"
        in client_for(None).get(url[url.index("/introductions/") :]).content.decode()
    )
    assert browser.post(act, follow=True).status_code == 200
    ledger_checks_pass()


def test_who_declined_reads_what_the_referrer_sees_and_the_referrer_sees_just_that(
    client_for: Any, aki: Any, program: Program
) -> None:
    url = client_for(aki).post(reverse("referrals:introduce"), WRITTEN).context["url"]
    told = (
        client_for(None)
        .post(url[url.index("/introductions/") :], {"answer": "decline"})
        .content.decode()
    )
    assert "辞退されたことだけ" in told
    page = (
        client_for(aki)
        .get(reverse("referrals:referral", args=[Referral.objects.get().public_id]))
        .content.decode()
    )
    assert "ご本人が辞退されました" in page

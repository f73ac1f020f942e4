"""Reference calls: requested, matched, without pressure, agreed by both, with an outcome."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from portal.accounts.models import Organization
from portal.accounts.services import create_user, erase_user
from portal.engagement.models import PointEntry
from portal.notifications.models import Notification
from referrals import privacy as people_kept
from referrals import tasks
from referrals.models import (
    Program,
    ReferenceChange,
    ReferenceInvitation,
    ReferenceRequest,
    Referral,
)
from referrals.rules import reference_call_states
from referrals.selectors import reference_calls as reads
from referrals.services import reference_calls
from referrals.services.introductions import introductions, staff_actions
from referrals.services.introductions.prospect_pages import give_page
from referrals.services.reference_calls import Full, NotThisOne
from referrals.services.state.transitions import NotAllowed
from tests import people
from tests.people import NOW
from tests.referrals.made import make_program

DAY = timedelta(days=1)
ASK = {
    "topic": "月次の締め",
    "question": "何日早くなりましたか",
    "industry": "製造",
    "size_band": "300名",
    "language": "ja",
    "times": "平日の午前",
    "name": "青木 恵",
    "email": "ao@aoba.example",
    "agrees": "on",
}


def introduced(aki: Any, program: Program) -> tuple[Referral, str]:
    return introductions.introduce_person(
        program=program,
        referrer=aki,
        name="青木 恵",
        company="青葉製作所",
        email="ao@aoba.example",
        has_consent=True,
        now=people.NOW,
    )


def wish(actor: Any, **fields: Any) -> ReferenceRequest:
    given = {key: value for key, value in ASK.items() if key != "agrees"} | {
        "company": "青葉製作所"
    }
    return reference_calls.ask_for_call(actor=actor, agrees=True, now=NOW, **given | fields)


@pytest.mark.django_db
def test_from_the_prospects_request_to_its_outcome(
    as_: Any,
    client_for: Any,
    aki: Any,
    mio: Any,
    tanaka: Any,
    program: Program,
    dispatched: Any,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    Organization.objects.filter(pk=mio.organization_id).update(industry="製造", size_band="300名")
    referral, token = introduced(aki, program)
    page = reverse("referrals:prospect_call", args=[token])
    stranger, staff, peer = client_for(None), as_(tanaka), as_(mio)
    assert stranger.post(page, ASK | {"agrees": ""}).status_code == 422
    assert stranger.post(page, ASK).status_code == 302
    row = ReferenceRequest.objects.get()
    assert row.referral == referral
    url = reverse("referrals:reference_call", args=[row.public_id])
    assert "製造" in staff.get(url).content.decode()
    best = staff.get(url).context["candidates"][0]
    assert best.user == mio
    assert "同じ業種" in best.reasons[0]
    staff.post(
        reverse("referrals:reference_act", args=[row.public_id]),
        {"act": "invite", "peer": mio.public_id},
    )
    dispatched()
    assert Notification.objects.filter(user=mio, kind="reference_invited").exists()
    home = peer.get(reverse("portal:home")).content.decode()
    assert "月次の締め" in home
    calls = reverse("referrals:reference_calls")
    assert "ao@aoba.example" not in peer.get(calls).content.decode()
    assert mio.email not in stranger.get(page).content.decode()
    answer = reverse("referrals:reference_answer", args=[row.public_id])
    assert peer.post(answer, {"answer": "other", "suggestion": " "}).status_code == 422
    peer.post(answer, {"answer": "other", "suggestion": "木曜の午後"})
    assert "木曜の午後" in stranger.get(page).content.decode()
    assert mio.email not in stranger.get(page).content.decode()
    stranger.post(page, {"act": "agree"})
    assert "ao@aoba.example" not in peer.get(calls).content.decode()
    page = reverse(
        "referrals:prospect_call", args=[give_page(referral=referral, actor=tanaka, now=NOW)]
    )
    stranger.post(page, {"act": "agree"})
    assert "ao@aoba.example" in peer.get(calls).content.decode()
    assert mio.email in stranger.get(page).content.decode()
    said = {"happened": "yes", "useful": "yes", "asked": "締めの手順"}
    peer.post(reverse("referrals:reference_outcome", args=[row.public_id]), said)
    stranger.post(page, {"act": "outcome"} | said | {"asked": "費用のこと"})
    assert {"締めの手順", "費用のこと"} == set(row.outcomes.values_list("asked", flat=True))
    assert "費用のこと" in staff.get(url).content.decode()
    staff_actions.move_referral(referral=referral, to="won", actor=tanaka, now=NOW)
    dispatched()
    assert "ご契約" in peer.get(calls).content.decode()
    kinds = set(Notification.objects.filter(user=mio).values_list("kind", flat=True))
    assert {"reference_invited", "reference_thanks", "reference_became"} <= kinds
    assert PointEntry.objects.filter(user=mio, counted=True).count() == 1


@pytest.mark.django_db
def test_a_yes_counts_and_an_address_shows_only_on_the_page_staff_sent(
    as_: Any, client_for: Any, aki: Any, mio: Any, tanaka: Any, program: Program, monkeypatch: Any
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    referral, token = introduced(aki, program)
    page, holder = reverse("referrals:prospect_call", args=[token]), client_for(None)
    first = holder.get(page).content.decode()
    assert "青木 恵" not in first
    assert "ao@aoba.example" not in first
    assert "営業担当者が直接お送りする宛先" in first
    holder.post(page, ASK | {"email": "aki-again@elsewhere.example"})
    row = ReferenceRequest.objects.get()
    assert row.agreed_at is None
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    answer = reverse("referrals:reference_answer", args=[row.public_id])
    as_(mio).post(answer, {"answer": "other", "suggestion": "木曜の午後"})
    for _time in range(2):  # the time suits, and once more
        holder.post(page, {"act": "agree"})
        row.refresh_from_db()
        assert (row.state, row.agreed_at) == ("waiting", None)
    assert mio.email not in holder.get(page).content.decode()
    assert "elsewhere" not in as_(mio).get(reverse("referrals:reference_calls")).content.decode()
    staff = as_(tanaka)
    assert (
        "最初の宛先は紹介者も知っていた"
        in staff.get(reverse("referrals:reference_call", args=[row.public_id])).content.decode()
    )
    staff.post(reverse("referrals:reference_act", args=[row.public_id]), {"act": "agree"})
    assert "担当者からお知らせします" in holder.get(page).content.decode()
    assert mio.email not in holder.get(page).content.decode()
    own = reverse(
        "referrals:prospect_call", args=[give_page(referral=referral, actor=tanaka, now=NOW)]
    )
    assert holder.get(page).status_code == 410
    assert mio.email in client_for(None).get(own).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["aki", "ren"])
def test_the_referrer_and_their_colleagues_cannot_ask_for_the_referee(
    as_: Any, aki: Any, ren: Any, program: Program, monkeypatch: Any, who: str
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    page = reverse("referrals:prospect_call", args=[introduced(aki, program)[1]])
    client = as_({"aki": aki, "ren": ren}[who])
    assert client.post(page, ASK).status_code == 403
    assert "ご紹介された方" in client.get(page).content.decode()
    assert not ReferenceRequest.objects.exists()


@pytest.mark.django_db
def test_no_call_before_the_introduction_is_accepted(
    aki: Any, tanaka: Any, program: Program
) -> None:
    referral, _token = introductions.introduce_person(
        program=program,
        referrer=aki,
        name="青木 恵",
        company="青葉製作所",
        email="ao@aoba.example",
        has_consent=False,
        now=people.NOW,
    )
    with pytest.raises(NotAllowed):
        wish(tanaka, referral=referral)


@pytest.mark.django_db
def test_no_is_an_answer_without_a_reason_and_somebody_else_is_asked(
    as_: Any, mio: Any, daniel: Any, tanaka: Any, ren: Any
) -> None:
    row = wish(tanaka)
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    answer = reverse("referrals:reference_answer", args=[row.public_id])
    assert as_(ren).post(answer, {"answer": "yes"}).status_code == 404
    as_(mio).post(answer, {"answer": "no"})
    row.refresh_from_db()
    assert row.state == "asked"
    with pytest.raises(NotThisOne):
        reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    assert mio not in [each.user for each in reads.candidates(row, NOW)]
    reference_calls.invite_peer(request=row, peer=daniel, actor=tanaka, now=NOW)
    assert reference_calls.lapse(now=NOW + 9 * DAY) == 0
    assert reference_calls.lapse(now=NOW + 10 * DAY) == 1
    row.refresh_from_db()
    assert row.state == "asked"


@pytest.mark.django_db
def test_whoever_switches_it_off_is_never_offered_and_what_stood_is_given_back(
    as_: Any, mio: Any, tanaka: Any
) -> None:
    row = wish(tanaka)
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    as_(mio).post(reverse("referrals:reference_preference"), {"ask": "no"})
    row.refresh_from_db()
    assert row.state == "asked"
    other = wish(tanaka, topic="別の話")
    assert reads.candidates(other, NOW) == []
    with pytest.raises(NotThisOne):
        reference_calls.invite_peer(request=other, peer=mio, actor=tanaka, now=NOW)


@pytest.mark.django_db
def test_nothing_is_exchanged_before_the_prospect_agrees_too(
    as_: Any, mio: Any, tanaka: Any
) -> None:
    row = wish(tanaka)
    ReferenceRequest.objects.filter(pk=row.pk).update(agreed_at=None)
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    reference_calls.answer_invitation(request=row, peer=mio, answer="yes", now=NOW)
    row.refresh_from_db()
    assert row.state == "waiting"
    assert (
        "ao@aoba.example" not in as_(mio).get(reverse("referrals:reference_calls")).content.decode()
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferenceRequest.objects.filter(pk=row.pk).update(state="agreed")
    reference_calls.prospect_answers(request=row, agrees=True, actor=tanaka, now=NOW)
    assert "ao@aoba.example" in as_(mio).get(reverse("referrals:reference_calls")).content.decode()


@pytest.mark.django_db
def test_the_load_is_capped_per_person_and_per_company_and_the_quarter_passes(
    mio: Any, tanaka: Any
) -> None:
    for number in range(2):
        row = wish(tanaka, topic=f"話{number}")
        reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
        reference_calls.answer_invitation(request=row, peer=mio, answer="yes", now=NOW)
    third = wish(tanaka, topic="三つめ")
    assert [each.is_full for each in reads.candidates(third, NOW)] == [True]
    with pytest.raises(Full):
        reference_calls.invite_peer(request=third, peer=mio, actor=tanaka, now=NOW)
    reference_calls.invite_peer(request=third, peer=mio, actor=tanaka, now=NOW + 91 * DAY)


@pytest.mark.django_db
def test_a_prospect_asks_once_at_a_time_and_only_after_agreeing_to_be_contacted(
    client_for: Any, aki: Any, program: Program, monkeypatch: Any
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)
    referral, token = introductions.introduce_person(
        program=program, referrer=aki, name="青木", company="青葉", now=NOW
    )
    page = reverse("referrals:prospect_call", args=[token])
    assert client_for(None).post(page, ASK).status_code == 422
    assert not ReferenceRequest.objects.exists()
    _answered, own = introductions.answer_by_token(token=token, answer="confirm", now=NOW)
    page = reverse("referrals:prospect_call", args=[own])
    assert client_for(None).post(page, ASK).status_code == 302
    referral.refresh_from_db()
    fields = {key: value for key, value in ASK.items() if key != "agrees"}
    with pytest.raises(NotAllowed):
        reference_calls.ask_for_call(
            referral=referral, agrees=True, company="青葉", now=NOW, **fields
        )


@pytest.mark.django_db
def test_erasing_takes_the_words_and_ends_the_call_on_both_sides(
    aki: Any, mio: Any, kato: Any, tanaka: Any, program: Program
) -> None:
    referral, token = introduced(aki, program)
    fields = {key: value for key, value in ASK.items() if key != "agrees"}
    row = reference_calls.ask_for_call(
        referral=referral, agrees=True, company="青葉", now=NOW, **fields
    )
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    introductions.answer_by_token(token=token, answer="erase", now=NOW)
    row.refresh_from_db()
    assert (row.name, row.email, row.question, row.state) == ("", "", "", "withdrawn")
    other = wish(tanaka)
    reference_calls.invite_peer(request=other, peer=mio, actor=tanaka, now=NOW)
    reference_calls.answer_invitation(
        request=other, peer=mio, answer="other", suggestion="木曜", now=NOW
    )
    erase_user(user=mio, actor=kato, now=NOW, reason="本人の希望")
    other.refresh_from_db()
    assert other.state == "asked"
    assert set(ReferenceInvitation.objects.values_list("suggestion", flat=True)) == {""}
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferenceChange.objects.all().delete()


def test_sixteen_invitations_at_once_never_exceed_a_companys_load(committed: None) -> None:
    companies = people.make_companies()
    tanaka = people.make_person("tanaka", companies)
    make_program()
    peers = [
        create_user(
            email=f"p{n}@acme.example", display_name=f"人{n}", organization=companies.acme, now=NOW
        )
        for n in range(16)
    ]
    rows = [wish(tanaka, topic=f"話{n}") for n in range(16)]
    barrier, full = Barrier(16), []

    def invite(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            reference_calls.invite_peer(
                request=rows[number], peer=peers[number], actor=tanaka, now=NOW
            )
        except Full:
            full.append(number)
        finally:
            connection.close()

    threads = [Thread(target=invite, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ReferenceInvitation.objects.count() == 4
    assert len(full) == 12


@pytest.mark.django_db
def test_a_call_that_did_not_take_place_earns_nothing(
    mio: Any, tanaka: Any, dispatched: Any
) -> None:
    row = wish(tanaka)
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)
    reference_calls.answer_invitation(request=row, peer=mio, answer="yes", now=NOW)
    reference_calls.record_outcome(request=row, side="peer", happened=False, now=NOW, actor=mio)
    dispatched()
    assert not PointEntry.objects.filter(user=mio).exists()


@pytest.mark.django_db
def test_a_wish_without_an_introduction_is_exported_and_erased_by_its_address(
    mio: Any, kato: Any, tanaka: Any, daniel: Any
) -> None:
    row = wish(tanaka, email=mio.email.upper())
    assert "reference call wanted" in [each["kind"] for each in people_kept.export(mio)]
    reference_calls.invite_peer(request=row, peer=daniel, actor=tanaka, now=NOW)
    other = wish(tanaka)
    erase_user(user=mio, actor=kato, now=NOW, reason="本人の希望")
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.name, row.email, row.state) == ("", "", "withdrawn")
    assert (other.email, other.state) == (ASK["email"], "asked")


@pytest.mark.django_db
def test_whoever_declines_is_forgotten_by_the_calls_too(
    aki: Any, tanaka: Any, program: Program
) -> None:
    referral, token = introduced(aki, program)
    row = wish(tanaka, referral=referral)
    introductions.answer_by_token(token=token, answer="decline", now=NOW)
    row.refresh_from_db()
    assert (row.name, row.email, row.question, row.state) == ("", "", "", "withdrawn")


@pytest.mark.django_db
def test_closed_calls_are_emptied_after_half_a_year(
    as_: Any, mio: Any, tanaka: Any, monkeypatch: Any
) -> None:
    closed, live = wish(tanaka), wish(tanaka)
    reference_calls.invite_peer(request=closed, peer=mio, actor=tanaka, now=NOW)
    reference_calls.answer_invitation(request=closed, peer=mio, answer="yes", now=NOW)
    reference_calls.record_outcome(
        request=closed, side="prospect", happened=True, asked="費用", now=NOW
    )
    monkeypatch.setattr("portal.core.time.now", lambda: NOW + 180 * DAY)
    tasks.prune_inbound()
    closed.refresh_from_db()
    assert closed.email == ASK["email"]
    monkeypatch.setattr("portal.core.time.now", lambda: NOW + 181 * DAY)
    tasks.prune_inbound()
    for row in (closed, live):
        row.refresh_from_db()
    assert (closed.name, closed.email, closed.topic, closed.times, closed.state) == (
        "",
        "",
        "",
        "",
        "held",
    )
    assert closed.outcomes.get().asked == ""
    assert live.email == ASK["email"]
    assert as_(mio).get(reverse("referrals:reference_calls")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("states", [("invited",), reference_call_states.LIVE])
def test_switching_off_passes_over_what_was_taken_back_or_held_meanwhile(
    mio: Any, tanaka: Any, monkeypatch: Any, states: tuple[str, ...]
) -> None:
    row, real = wish(tanaka), reference_calls._locked
    reference_calls.invite_peer(request=row, peer=mio, actor=tanaka, now=NOW)

    def overtaken(request: ReferenceRequest) -> ReferenceRequest:
        """Somebody else had the row first."""
        monkeypatch.setattr(reference_calls, "_locked", real)
        if states == ("invited",):
            reference_calls.take_back(request=request, actor=tanaka, now=NOW)
        else:
            reference_calls.answer_invitation(request=request, peer=mio, answer="yes", now=NOW)
            reference_calls.record_outcome(request=request, side="peer", happened=True, now=NOW)
        return real(request)

    monkeypatch.setattr(reference_calls, "_locked", overtaken)
    reference_calls.release(mio, NOW, states=states)
    row.refresh_from_db()
    assert row.state == ("asked" if states == ("invited",) else "held")


@pytest.mark.django_db
def test_a_malformed_customer_is_not_found(as_: Any, tanaka: Any) -> None:
    act = reverse("referrals:reference_act", args=[wish(tanaka).public_id])
    for peer in ("nonsense", "", "1"):
        assert as_(tanaka).post(act, {"act": "invite", "peer": peer}).status_code == 404

"""SLAs of an introduction: contact, notes, expiry, due decisions; a breach is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.events import dispatch
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.teams.models import Signal, Team
from portal.teams.services.evaluation import sweep
from referrals.models import Attribution, Program, Referral, ReferralNote, Reward, RiskFinding
from referrals.selectors.customer_pages import track
from referrals.services.facts.record import receive_fact
from referrals.services.introductions import introductions, referrer_notes, staff_actions
from referrals.services.introductions.sla_job import enforce_sla
from referrals.services.links.links import link_for
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger_checks import check_ledger
from referrals.services.state import risk
from tests.people import NOW
from tests.referrals.made import tell, won_referral

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TUESDAY = datetime(
    2026, 11, 25, 2, 0, tzinfo=UTC
)  # two business days after NOW (a Friday; Monday is a holiday)


def introduced(
    referrer: Any, program: Program, *, agreed: bool = True, company: str = "青葉製作所"
) -> Referral:
    return introductions.introduce_person(
        program=program,
        referrer=referrer,
        name="青木 恵",
        company=company,
        email="",
        now=NOW,
        has_consent=agreed,
    )[0]


def signals(code: str) -> Any:
    return Signal.objects.filter(rule__code=code)


# --- two business days ---


def test_nobody_called_for_two_business_days_so_it_escalates_once(
    as_: Any, aki: Any, tanaka: Any, program: Program
) -> None:
    Team.objects.filter(name="sales").update(lead=tanaka)
    referral = introduced(aki, program)
    assert sweep(now=TUESDAY - timedelta(hours=2))["raised"] == 0
    sweep(now=TUESDAY)
    sweep(now=TUESDAY + DAY)
    signal = signals("R50").get()
    assert (signal.owner, signal.title, signal.facts["step"]) == (tanaka, "青葉製作所", "contact")
    with time_machine.travel(TUESDAY, tick=False):
        page = as_(tanaka).get(reverse("referrals:desk")).content.decode()
        assert "遅れています" in page
        mine = (
            as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
        )
        assert "お約束" in mine
        assert "田中" in mine
    staff_actions.note_contact(
        referral=referral, actor=tanaka, now=TUESDAY, next_step="面談", due_at=TUESDAY + 5 * DAY
    )
    sweep(now=TUESDAY + timedelta(hours=1))
    assert signals("R50").get().outcome == "vanished"


def test_the_one_who_handles_it_owns_the_escalation_and_the_next_promise_counts_anew(
    aki: Any, tanaka: Any, sato: Any, program: Program
) -> None:
    Team.objects.filter(name="sales").update(lead=tanaka)
    referral = introduced(aki, program)
    staff_actions.take_referral(referral=referral, actor=sato, now=NOW)
    sweep(now=TUESDAY)
    assert signals("R50").get().owner == sato
    staff_actions.note_contact(
        referral=referral, actor=sato, now=TUESDAY, next_step="面談", due_at=TUESDAY + DAY
    )
    sweep(now=TUESDAY + timedelta(minutes=1))
    sweep(now=TUESDAY + 2 * DAY)
    assert [row.facts["step"] for row in signals("R50").order_by("pk")] == ["contact", "next"]


def test_late_introductions_come_first_on_the_desk(
    as_: Any, aki: Any, tanaka: Any, program: Program
) -> None:
    first = introduced(aki, program, company="遅れ商会")
    second = introduced(aki, program, company="約束商会")
    staff_actions.note_contact(
        referral=second, actor=tanaka, now=NOW, next_step="面談", due_at=NOW + DAY
    )
    with time_machine.travel(NOW + 9 * DAY, tick=False):
        rows = as_(tanaka).get(reverse("referrals:desk")).context["rows"]
    assert [item["row"].referral for item in rows] == [second, first]
    assert all(item["late"] for item in rows)


# --- fourteen days ---


def test_staff_are_reminded_write_one_line_and_the_referrer_reads_it(
    as_: Any, aki: Any, tanaka: Any, program: Program, dispatched: Any
) -> None:
    referral = introduced(aki, program)
    staff_actions.note_contact(
        referral=referral, actor=tanaka, now=NOW, next_step="面談", due_at=NOW + 40 * DAY
    )
    with time_machine.travel(NOW + 11 * DAY, tick=False):
        client = as_(tanaka)
        owed = client.get(reverse("referrals:desk") + "?show=notes").content.decode()
        assert "青葉製作所" in owed
        act = reverse("referrals:desk_act", args=[referral.public_id])
        bad = client.post(act, {"act": "note", "code": "words", "text": " "})
        assert bad.status_code == 422
        client.post(
            act,
            {
                "act": "note",
                "code": "deciding",
                "text": "役員会は来週です。",
                "until": "2026-12-10",
            },
        )
        assert (
            "青葉製作所"
            not in client.get(reverse("referrals:desk") + "?show=notes").content.decode()
        )
        dispatched()
        page = (
            as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
        )
    assert "役員会は来週です。" in page
    assert "12月10日" in page
    assert Notification.objects.filter(user=aki, kind="referral_noted").exists()


def test_when_nobody_writes_it_escalates_and_an_automatic_note_says_the_truth(
    as_: Any, aki: Any, tanaka: Any, program: Program
) -> None:
    referral = introduced(aki, program)
    staff_actions.move_referral(referral=referral, to="opportunity", actor=tanaka, now=NOW)
    assert enforce_sla(now=NOW + 13 * DAY)["quiet"] == 0
    assert enforce_sla(now=NOW + 14 * DAY)["quiet"] == 1
    assert enforce_sla(now=NOW + 14 * DAY)["quiet"] == 0
    assert enforce_sla(now=NOW + 29 * DAY)["quiet"] == 1  # the silence goes on
    sweep(now=NOW + 15 * DAY)
    assert signals("R51").count() == 1
    note = ReferralNote.objects.filter(code="quiet").first()
    assert note is not None
    assert note.author_id is None
    page = as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
    assert "商談が続いています" in page
    assert "自動のお知らせ" in page
    referral.refresh_from_db()
    referrer_notes.write_note(referral=referral, actor=tanaka, code="talking", now=NOW + 30 * DAY)
    sweep(now=NOW + 30 * DAY + timedelta(minutes=1))
    assert signals("R51").get().outcome == "vanished"


def test_notes_are_never_rewritten_only_their_words_may_be_erased(
    aki: Any, tanaka: Any, program: Program
) -> None:
    note = referrer_notes.write_note(
        referral=introduced(aki, program),
        actor=tanaka,
        code="words",
        text="青木さんと話しました",
        now=NOW,
    )
    rows = ReferralNote.objects.filter(pk=note.pk)
    for change in ({"code": "talking"}, {"text": "別の言葉"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    rows.update(text="")


# --- the end ---


def test_an_introduction_without_progress_is_warned_of_twice_and_ends(
    aki: Any, tanaka: Any, program: Program
) -> None:
    referral = introduced(aki, program)
    staff_actions.take_referral(referral=referral, actor=tanaka, now=NOW)
    Referral.objects.update(noted_at=NOW + 170 * DAY)
    for day in range(160, 185):
        enforce_sla(now=NOW + day * DAY)
        enforce_sla(now=NOW + day * DAY)
    warned = ReferralNote.objects.filter(code="expires").order_by("at")
    assert [(row.at - NOW).days for row in warned] == [166, 177]
    referral.refresh_from_db()
    assert (referral.state, referral.reason, (referral.state_since - NOW).days) == (
        "expired",
        "system:no_progress",
        180,
    )
    dispatch.run_pending(now=NOW + 185 * DAY)
    assert Notification.objects.filter(user=tanaka, kind="introduction_expiring").exists()
    assert {"referral_expiring", "referral_ended"} <= set(
        Notification.objects.filter(user=aki).values_list("kind", flat=True)
    )
    again = staff_actions.move_referral(
        referral=referral, to="accepted", actor=tanaka, now=NOW + 190 * DAY, reason="再開"
    )
    assert again.state == "accepted"
    assert {key: count for key, count in check_ledger().items() if count} == {}


def test_a_worker_that_slept_does_not_end_anything_unwarned(aki: Any, program: Program) -> None:
    referral = introduced(aki, program)
    enforce_sla(now=NOW + 200 * DAY)
    referral.refresh_from_db()
    assert referral.state == "accepted"
    enforce_sla(now=NOW + 203 * DAY)
    referral.refresh_from_db()
    assert referral.state == "expired"


def test_a_contact_or_a_promised_step_keeps_it_and_a_dispute_stops_the_clock(
    aki: Any, tanaka: Any, program: Program
) -> None:
    called, asked = (
        introduced(aki, program, company="電話商会"),
        introduced(aki, program, company="異議商会"),
    )
    staff_actions.note_contact(
        referral=called, actor=tanaka, now=NOW + 100 * DAY, next_step="面談", due_at=NOW + 110 * DAY
    )
    staff_actions.open_dispute(referral=asked, user=aki, text="なぜですか", now=NOW)
    for day in range(170, 200):
        enforce_sla(now=NOW + day * DAY)
    assert set(Referral.objects.values_list("state", flat=True)) == {"accepted"}


def test_an_unanswered_page_ends_with_its_token(aki: Any, program: Program) -> None:
    referral = introduced(aki, program, agreed=False)
    enforce_sla(now=NOW + 29 * DAY)
    assert Referral.objects.get().state == "consent_pending"
    enforce_sla(now=NOW + 30 * DAY)
    referral.refresh_from_db()
    assert (referral.state, referral.reason) == ("expired", "system:no_answer")


def named(referrer: Any, program: Program, at: datetime) -> Referral:
    return introductions.introduce_person(
        program=program,
        referrer=referrer,
        name="青木 恵",
        company="青葉製作所",
        email="ao@aoba.example",
        now=at,
        has_consent=True,
    )[0]


def ended(referrer: Any, program: Program) -> Referral:
    """Somebody introduced 青葉製作所, nothing moved, and 180 days later it ended."""
    referral = named(referrer, program, NOW)
    enforce_sla(now=NOW + 177 * DAY)
    enforce_sla(now=NOW + 180 * DAY)
    referral.refresh_from_db()
    assert referral.state == "expired"
    return referral


def heard(kind: str, name: str, day: int, **body: Any) -> None:
    body |= {"domain": "aoba.example", "occurred_at": (NOW + day * DAY).isoformat()}
    receive_fact(source="test", external_id=name, kind=kind, body=body, now=NOW + 220 * DAY)


def sold(day: int) -> None:
    heard("conversion", "c1", day, invoice="INV-1", amount=1_000_000, currency="JPY")


def credited() -> Referral:
    return Attribution.objects.select_related("referral").get(is_active=True).referral


def test_whoever_introduces_the_company_after_the_end_is_credited_and_paid(
    aki: Any, mio: Any, program: Program
) -> None:
    first = ended(aki, program)
    second = named(mio, program, NOW + 190 * DAY)
    sold(200)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("expired", "won")
    assert set(Reward.objects.filter(side="referrer").values_list("user", flat=True)) == {mio.pk}
    assert {key: count for key, count in check_ledger().items() if count} == {}


def test_when_nobody_else_came_a_sale_revives_what_had_ended(aki: Any, program: Program) -> None:
    first = ended(aki, program)
    sold(200)
    first.refresh_from_db()
    assert first.state == "won"
    assert Reward.objects.filter(side="referrer", user=aki).exists()


def test_whoever_lost_before_the_end_is_not_credited_by_it(
    aki: Any, mio: Any, program: Program
) -> None:
    first = named(aki, program, NOW)
    second = named(mio, program, NOW + 5 * DAY)
    enforce_sla(now=NOW + 177 * DAY)
    enforce_sla(now=NOW + 180 * DAY)
    second.refresh_from_db()
    assert credited() == first
    assert second.state == "rejected"


@pytest.mark.parametrize("order", ["stage first", "rival first"])
@pytest.mark.parametrize(("progress", "winner"), [(185, "aki"), (195, "mio")])
def test_the_dates_decide_between_a_revival_and_a_rival_not_the_order_of_arrival(
    aki: Any, mio: Any, program: Program, order: str, progress: int, winner: str
) -> None:
    first = ended(aki, program)
    code = link_for(user=mio, program=program, now=NOW).code
    told = [
        lambda: heard("stage", "s1", progress, stage="qualified"),
        lambda: heard("introduction", "i1", 190, code=code, claim="code", company="青葉製作所"),
    ]
    for telling in told if order == "stage first" else reversed(told):
        telling()
    sold(210)
    assert credited().referrer == {"aki": aki, "mio": mio}[winner]
    assert credited().state == "won"
    first.refresh_from_db()
    assert (first.state == "won") == (winner == "aki")
    assert set(Reward.objects.filter(side="referrer").values_list("user", flat=True)) == {
        credited().referrer_id
    }
    assert {key: count for key, count in check_ledger().items() if count} == {}


# --- decisions that are due ---


def test_overdue_decisions_escalate_and_pay_nothing(
    as_: Any, aki: Any, kato: Any, tanaka: Any, program: Program
) -> None:
    referral = won_referral(aki, program)
    risk.find(referral, "velocity", "doubt", NOW)
    dispute = staff_actions.open_dispute(referral=referral, user=aki, text="なぜですか", now=NOW)
    due = dispute.due_at
    late = NOW + 400 * DAY
    enforce_sla(now=late)
    enforce_sla(now=late)
    sweep(now=late)
    sweep(now=late)
    assert approvals.mature_due(now=late) == 0
    assert signals("R52").count() == signals("R53").count() == 1
    assert signals("R54").count() == 2  # one for each side
    assert signals("R54").first().owner == kato
    assert set(Reward.objects.values_list("state", flat=True)) <= {"pending", "held"}
    dispute.refresh_from_db()
    assert (dispute.state, dispute.due_at) == ("open", due)
    assert RiskFinding.objects.get().closed_at is None
    told = set(ReferralNote.objects.filter(referral=referral).values_list("code", flat=True))
    assert {"dispute_late", "check_late", "reward_late"} <= told
    assert ReferralNote.objects.filter(code="reward_late").count() == 1
    with time_machine.travel(late, tick=False):
        assert (
            "期限を過ぎ"
            in as_(tanaka).get(reverse("referrals:desk") + "?show=disputed").content.decode()
        )
        assert "期限を過ぎ" in as_(kato).get(reverse("referrals:rewards")).content.decode()
        books = as_(tanaka).get(reverse("referrals:books")).content.decode()
    assert "期限を過ぎ" in books
    assert {key: count for key, count in check_ledger().items() if count} == {}


# --- why it did not work out ---


def test_a_loss_goes_to_product_with_its_words_and_the_referrer_reads_a_kind_sentence(
    as_: Any, aki: Any, tanaka: Any, program: Program, dispatched: Any
) -> None:
    referral = introduced(aki, program)
    act = reverse("referrals:desk_act", args=[referral.public_id])
    client = as_(tanaka)
    without = client.post(act, {"act": "move", "to": "lost", "reason": "稟議が通らない"})
    assert without.status_code == 422
    assert "稟議が通らない" in without.content.decode()
    client.post(
        act,
        {
            "act": "move",
            "to": "lost",
            "loss": "feature",
            "reason": "監査ログの出力がないので無理と部長が言う",
        },
    )
    dispatched()
    signal = signals("R55").get()
    assert (signal.team.name, signal.facts["code"]) == ("product", "feature")
    assert "監査ログ" in signal.facts["words"]
    mine = as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
    assert "部長" not in mine
    assert "製品チームに伝えました" in mine
    table = client.get(reverse("referrals:losses")).content.decode()
    assert "足りない機能がある" in table
    assert "監査ログ" in table
    assert Event.objects.filter(name="referrals.referral.moved", payload__after="lost").count() == 1


def test_a_declined_introduction_notifies_product_too(
    as_: Any, aki: Any, program: Program, dispatched: Any
) -> None:
    _, token = introductions.introduce_person(
        program=program, referrer=aki, name="青木", company="青葉", now=NOW
    )
    introductions.answer_by_token(token=token, answer="decline", now=NOW)
    dispatched()
    assert signals("R55").get().facts == {"code": "declined", "words": ""}


@pytest.mark.parametrize("day", ["2026-11-19", "0001-01-01", "9999-12-31", "2028-01-01"])
def test_a_promise_is_about_a_day_to_come(
    as_: Any, aki: Any, tanaka: Any, program: Program, day: str
) -> None:
    referral = introduced(aki, program)
    act = reverse("referrals:desk_act", args=[referral.public_id])
    with time_machine.travel(NOW, tick=False):
        for sent in (
            {"act": "next", "next_step": "面談", "due": day},
            {"act": "note", "code": "words", "text": "x", "until": day},
        ):
            answer = as_(tanaka).post(act, sent)
            assert (answer.status_code, "これからの日付を" in answer.content.decode()) == (
                422,
                True,
            )
    assert not referral.notes.exists()


def test_what_staff_write_and_the_day_are_two_sentences(
    as_: Any, aki: Any, tanaka: Any, program: Program
) -> None:
    referral = introduced(aki, program)
    with time_machine.travel(NOW, tick=False):
        act = reverse("referrals:desk_act", args=[referral.public_id])
        as_(tanaka).post(act, {"act": "next", "next_step": "電話", "due": "2026-12-10"})
        as_(tanaka).post(
            act,
            {
                "act": "note",
                "code": "words",
                "text": "先方はお忙しいようです",
                "until": "2026-12-10",
            },
        )
        page = (
            as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
        )
    assert "企業にご連絡しました。次は「電話」です。12月10日までに" in page
    assert "先方はお忙しいようです。12月10日までに" in page


def test_a_reward_that_was_taken_back_carries_no_date_of_ours(aki: Any, program: Program) -> None:
    referral = won_referral(aki, program)
    tell("refund", "r", invoice="INV-1", amount=1_000_000, reference="r")
    row = track([Referral.objects.select_related("program", "organization").get(pk=referral.pk)])[0]
    assert (row.steps[-1]["state"], row.steps[-1]["note"]) == ("stopped", "取り消し")

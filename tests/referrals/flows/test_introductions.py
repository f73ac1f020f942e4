"""The main flow: from a shared link or a named person to a contract and a paid reward."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import Organization
from portal.accounts.services import create_organization, create_user, erase_user
from portal.audit.models import AuditEntry
from portal.events.models import Event
from referrals.models import (
    LedgerEntry,
    PendingClaim,
    Program,
    Referral,
    ReferralLink,
    Reward,
    RewardRule,
    RiskFinding,
)
from referrals.selectors.customer_pages import figures_for
from referrals.services.introductions import signups, staff_actions
from referrals.services.links import links
from referrals.services.links.links import BadCode
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.rewards.approvals import (
    DoubtsOpen,
    OwnReward,
    ReasonNeeded,
    SecondPersonNeeded,
)
from referrals.services.state import risk
from tests.pages import squeezed
from tests.people import NOW
from tests.referrals.made import ledger_checks_pass, make_program, tell, won_referral

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=31)


def newcomer(email: str, **fields: Any) -> Any:
    return create_user(email=email, display_name="青木 恵", now=NOW, **fields)


def sign_up(email: str, link: ReferralLink, *, ago: int = 1) -> tuple[Any, Referral | None]:
    user = newcomer(email)
    stamp = int((NOW - timedelta(days=ago)).timestamp())
    signups.remember_link(user=user, cookie=f"{link.code}.{'k' * 22}.{stamp}", now=NOW)
    return user, signups.apply_claim(user=user, email=email, now=NOW)


# --- how somebody comes ---


def test_a_newcomer_who_followed_akis_link_is_akis_introduction(aki: Any, program: Program) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    user, referral = sign_up("ao@aoba.example", link)
    assert referral is not None
    assert (referral.referrer, referral.referee, referral.state) == (aki, user, "accepted")
    assert referral.organization is not None
    assert referral.organization.name == "aoba.example"
    assert Event.objects.filter(name="referrals.referral.recorded").count() == 1
    assert signups.apply_claim(user=user, email=user.email, now=NOW) is None
    ledger_checks_pass()


def test_colleagues_of_one_company_are_one_introduction(aki: Any, program: Program) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    _, first = sign_up("ao@aoba.example", link)
    _, second = sign_up("midori@aoba.example", link)
    assert first == second
    assert Organization.objects.filter(email_domains__domain="aoba.example").count() == 1


def test_the_last_link_before_sign_up_wins_and_the_other_sees_why(
    aki: Any, mio: Any, program: Program
) -> None:
    akis, mios = (links.link_for(user=user, program=program, now=NOW) for user in (aki, mio))
    _, early = sign_up("ao@aoba.example", akis, ago=9)
    _, late = sign_up("midori@aoba.example", mios, ago=2)
    assert early is not None
    assert late is not None
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, late.state) == ("rejected", "accepted")
    ledger_checks_pass()


def test_ones_own_company_and_existing_customers_do_not_count(aki: Any, program: Program) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    told = tell("introduction", "own", code=link.code, domain="acme.example", claim="code")
    assert told.result["refused"] == "own_organization"
    create_organization(
        name="古いお客さま", now=NOW, domains=("old.example",), became_customer_at=NOW - MONTH
    )
    told = tell("introduction", "old", code=link.code, domain="old.example", claim="code")
    assert told.result["refused"] == "existing_customer"
    assert set(Referral.objects.values_list("state", flat=True)) == {"rejected"}
    assert not Reward.objects.exists()


def test_a_private_address_is_noted_for_a_person_and_holds_the_reward(
    aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    _, referral = sign_up("somebody@gmail.com", link)
    assert referral is not None
    assert RiskFinding.objects.get(referral=referral).kind == "free_mail"


def test_the_cookie_survives_sign_up_and_the_mail_check(
    client_for: Any, aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    client = client_for(
        None,
        **{"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    )
    client.get(f"/r/{link.code}")
    form = {
        "email": "ao@aoba.example",
        "password1": "はずみ車は回る-2026",
        "display_name": "青木 恵",
    }
    assert client.post(reverse("account_signup"), form).status_code == 302
    assert PendingClaim.objects.get().link == link


# --- money ---


def test_a_contract_puts_both_rewards_on_hold_and_the_hub_says_what_the_ledger_says(
    client_for: Any, aki: Any, program: Program
) -> None:
    referral = won_referral(aki, program)
    assert referral.state == "won"
    assert sorted(Reward.objects.values_list("side", "amount", "state")) == [
        ("referee", 30_000, "pending"),
        ("referrer", 30_000, "pending"),
    ]
    figures = figures_for(aki)[0]
    assert (figures.earned, figures.on_hold, figures.available, figures.paid) == (
        30_000,
        30_000,
        0,
        0,
    )
    page = client_for(aki).get(reverse("referrals:hub")).content.decode()
    assert "獲得 ¥30,000 · 保留 ¥30,000" in squeezed(page)
    ledger_checks_pass()


def test_nothing_is_paid_because_time_passed(aki: Any, kato: Any, program: Program) -> None:
    won_referral(aki, program)
    assert approvals.mature_due(now=NOW + 12 * MONTH) == 0
    assert set(Reward.objects.values_list("state", flat=True)) == {"pending"}


def test_a_person_approves_then_the_hold_ends_then_it_is_paid(
    aki: Any, kato: Any, program: Program
) -> None:
    won_referral(aki, program)
    for reward in Reward.objects.all():
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    assert approvals.mature_due(now=NOW) == 0
    assert approvals.mature_due(now=NOW + MONTH) == 2
    ids = list(Reward.objects.values_list("pk", flat=True))
    batch = payouts.reserve_batch(program=program, reward_ids=ids, actor=kato, now=NOW + MONTH)
    payouts.settle_batch(batch_id=batch.pk, actor=kato, now=NOW + MONTH)
    figures = figures_for(aki)[0]
    assert (figures.earned, figures.on_hold, figures.available, figures.paid) == (
        30_000,
        0,
        0,
        30_000,
    )
    assert AuditEntry.objects.filter(action="referrals.reward.approve").count() == 2
    with pytest.raises(payouts.BatchClosed):
        payouts.settle_batch(batch_id=batch.pk, actor=kato, now=NOW + MONTH)
    ledger_checks_pass()


def test_two_people_approve_a_large_reward_and_nobody_their_own(
    aki: Any, kato: Any, mori: Any
) -> None:
    program = make_program(review_threshold=20_000)
    won_referral(aki, program)
    reward = Reward.objects.get(side="referrer")
    with pytest.raises(OwnReward):
        approvals.approve_reward(reward_id=reward.pk, actor=aki, now=NOW)
    approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    with pytest.raises(SecondPersonNeeded):
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    approvals.approve_reward(reward_id=reward.pk, actor=mori, now=NOW)
    reward.refresh_from_db()
    assert (reward.state, reward.proposed_by_id, reward.approved_by_id) == (
        "approved",
        kato.pk,
        mori.pk,
    )


def test_a_doubt_stops_the_approval_until_a_person_closes_it(
    aki: Any, kato: Any, program: Program
) -> None:
    referral = won_referral(aki, program)
    reward = Reward.objects.get(side="referrer")
    risk.find(referral, "velocity", "doubt", NOW)
    with pytest.raises(DoubtsOpen):
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    risk.close_finding(
        finding=RiskFinding.objects.get(), actor=kato, reason="展示会の日でした", now=NOW
    )
    approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)


@pytest.mark.parametrize("when", ["hold", "available", "paid"])
def test_a_partial_refund_takes_back_the_same_share_wherever_the_reward_is(
    aki: Any, kato: Any, program: Program, when: str
) -> None:
    won_referral(aki, program)
    reward = Reward.objects.get(side="referrer")
    if when != "hold":
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
        approvals.mature_due(now=NOW + MONTH)
    if when == "paid":
        batch = payouts.reserve_batch(
            program=program, reward_ids=[reward.pk], actor=kato, now=NOW + MONTH
        )
        payouts.settle_batch(batch_id=batch.pk, actor=kato, now=NOW + MONTH)
    for name, amount in (("a", 200_000), ("b", 133_333), ("a", 200_000)):
        tell("refund", f"r-{name}", invoice="INV-1", reference=name, amount=amount)
    reward.refresh_from_db()
    assert reward.reversed_amount == 30_000 * 333_333 // 1_000_000
    figures = figures_for(aki)[0]
    assert figures.earned == reward.net
    assert figures.owed == (reward.reversed_amount if when == "paid" else 0)
    ledger_checks_pass()


def test_what_is_owed_is_kept_back_from_the_next_payment(
    aki: Any, kato: Any, program: Program
) -> None:
    won_referral(aki, program)
    won_referral(aki, program, domain="koto.example", name="2")
    first, second = Reward.objects.filter(side="referrer").order_by("pk")
    for reward in (first, second):
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    approvals.mature_due(now=NOW + MONTH)
    batch = payouts.reserve_batch(
        program=program, reward_ids=[first.pk], actor=kato, now=NOW + MONTH
    )
    payouts.settle_batch(batch_id=batch.pk, actor=kato, now=NOW + MONTH)
    tell("refund", "late", invoice="INV-1", reference="late", amount=500_000)
    batch = payouts.reserve_batch(
        program=program, reward_ids=[second.pk], actor=kato, now=NOW + MONTH
    )
    line = batch.lines.get()
    assert (line.amount, line.netted) == (15_000, 15_000)
    payouts.fail_batch(batch_id=batch.pk, actor=kato, now=NOW + MONTH, reason="戻ってきた")
    assert figures_for(aki)[0].owed == 15_000
    ledger_checks_pass()


def test_the_same_id_with_another_body_is_a_conflict_and_changes_nothing(
    aki: Any, program: Program
) -> None:
    won_referral(aki, program)
    told = tell(
        "conversion", "c1", domain="aoba.example", invoice="INV-1", amount=9, currency="JPY"
    )
    assert told.status == "conflict"
    assert Reward.objects.filter(reversed_amount=0).count() == 2


def test_a_refused_reward_stays_refused_and_says_why(aki: Any, kato: Any, program: Program) -> None:
    referral = won_referral(aki, program)
    reward = Reward.objects.get(side="referrer")
    with pytest.raises(ReasonNeeded):
        approvals.reverse_reward(reward_id=reward.pk, actor=kato, now=NOW, reason=" ")
    approvals.reverse_reward(reward_id=reward.pk, actor=kato, now=NOW, reason="二重の契約でした")
    tell("refund", "r", invoice="INV-1", reference="r", amount=1)
    reward.refresh_from_db()
    referral.refresh_from_db()
    assert (reward.state, reward.net) == ("reversed", 0)
    ledger_checks_pass()


def test_no_budget_is_exceeded(aki: Any, mio: Any, program: Program) -> None:
    RewardRule.objects.filter(program=program).update(budget=50_000)
    won_referral(aki, program)
    won_referral(mio, program, domain="koto.example", name="2")
    assert Reward.objects.filter(side="referrer").count() == 1
    ledger_checks_pass()


def test_nobody_gets_it_after_opting_out_and_no_person_of_a_public_body(
    aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    Organization.objects.filter(pk=aki.organization_id).update(is_public_sector=True)
    ReferralLink.objects.filter(pk=link.pk).update(beneficiary="person")
    won_referral(aki, program)
    assert Reward.objects.get(side="referrer").beneficiary == "company"
    ReferralLink.objects.filter(pk=link.pk).update(beneficiary="none")
    won_referral(aki, program, domain="koto.example", name="2")
    assert Reward.objects.filter(side="referrer").count() == 1


# --- staff ---


def test_sales_moves_it_and_the_stages_between_are_filled_in(
    tanaka: Any, aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    _, referral = sign_up("ao@aoba.example", link)
    assert referral is not None
    moved = staff_actions.move_referral(referral=referral, to="won", actor=tanaka, now=NOW)
    assert moved.state == "won"
    assert list(moved.changes.order_by("version").values_list("after", "is_inferred")) == [
        ("submitted", False),
        ("accepted", False),
        ("qualified", True),
        ("opportunity", True),
        ("won", False),
    ]
    assert Event.objects.filter(name="referrals.referral.won").count() == 1
    ledger_checks_pass()


def test_a_loss_needs_a_reason_and_can_be_taken_up_again(
    tanaka: Any, aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    _, referral = sign_up("ao@aoba.example", link)
    assert referral is not None
    with pytest.raises(staff_actions.ReasonNeeded):
        staff_actions.move_referral(referral=referral, to="lost", actor=tanaka, now=NOW)
    lost = staff_actions.move_referral(
        referral=referral, to="lost", actor=tanaka, now=NOW, reason="予算"
    )
    assert (lost.state, lost.reason) == ("lost", "loss:other 予算")
    again = staff_actions.move_referral(
        referral=lost, to="qualified", actor=tanaka, now=NOW + MONTH
    )
    assert again.state == "qualified"
    ledger_checks_pass()


def test_an_upheld_dispute_moves_the_credit_and_the_money(
    aki: Any, mio: Any, kato: Any, sato: Any, program: Program
) -> None:
    won_referral(aki, program)
    link = links.link_for(user=mio, program=program, now=NOW)
    later = (NOW + timedelta(hours=1)).isoformat()
    told = tell(
        "introduction", "m", code=link.code, domain="aoba.example", claim="code", occurred_at=later
    )
    mios = Referral.objects.get(public_id=told.result["referral"])
    assert mios.state == "rejected"
    dispute = staff_actions.open_dispute(referral=mios, user=mio, text="先に話しました", now=NOW)
    staff_actions.answer_dispute(
        dispute=dispute, actor=sato, upheld=True, answer="確認しました", now=NOW
    )
    mios.refresh_from_db()
    assert mios.state == "won"
    assert figures_for(mio)[0].on_hold == 30_000
    assert figures_for(aki)[0].earned == 0
    ledger_checks_pass()


# --- codes, privacy, pages ---


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("admin", "reserved"),
        ("a", "shape"),
        ("aki--7", "shape"),
        ("あき", "shape"),
        ("fuckyou", "offensive"),
        ("ak17x", "taken"),
        ("landed", "reserved"),
        ("sh1t-x", "offensive"),
        ("f-u-c-k", "offensive"),
        ("kuso", "offensive"),
    ],
)
def test_codes_that_cannot_be_had(
    aki: Any, mio: Any, program: Program, wish: str, why: str
) -> None:
    links.choose_code(
        link=links.link_for(user=mio, program=program, now=NOW), wish="aki7x", now=NOW
    )
    with pytest.raises(BadCode) as error:
        links.choose_code(
            link=links.link_for(user=aki, program=program, now=NOW), wish=wish, now=NOW
        )
    assert error.value.why == why


@pytest.mark.parametrize(
    "name", "yamashita kinoshita yoshitaka ishitani shitsumon kusunoki essex grape sunshine".split()
)
def test_names_that_hold_bad_letters_by_chance_are_names(
    aki: Any, program: Program, name: str
) -> None:
    assert (
        links.choose_code(
            link=links.link_for(user=aki, program=program, now=NOW), wish=name, now=NOW
        ).code
        == name
    )


def test_an_old_code_keeps_working_and_is_never_given_away(aki: Any, program: Program) -> None:
    old = links.link_for(user=aki, program=program, now=NOW)
    new = links.choose_code(link=old, wish="aki-seiki", now=NOW)
    told = tell("introduction", "x", code=old.code, domain="aoba.example", claim="code")
    assert told.status == "applied"
    assert links.link_for(user=aki, program=program, now=NOW) == new


def test_erasing_a_person_leaves_every_sum(aki: Any, kato: Any, program: Program) -> None:
    ReferralLink.objects.filter(pk=links.link_for(user=aki, program=program, now=NOW).pk).update(
        beneficiary="person"
    )
    won_referral(aki, program)
    before = list(LedgerEntry.objects.order_by("pk").values_list("account_id", "amount"))
    erase_user(user=aki, now=NOW)
    assert list(LedgerEntry.objects.order_by("pk").values_list("account_id", "amount")) == before
    ledger_checks_pass()


def test_a_link_newcomer_is_nameless_to_the_referrer_until_they_agree(
    client_for: Any, aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    user, referral = sign_up("ao@aoba.example", link)
    assert referral is not None
    page = client_for(aki).get(reverse("referrals:hub")).content.decode()
    assert "aoba" not in page
    assert "青木" not in page
    client_for(user).post(reverse("referrals:consent"), {"agrees": "yes"})
    assert "青木 恵さん" in client_for(aki).get(reverse("referrals:hub")).content.decode()


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_qr_code_is_ones_own(
    client_for: Any, aki: Any, mio: Any, program: Program, kind: str
) -> None:
    links.link_for(user=aki, program=program, now=NOW)
    assert client_for(aki).get(reverse("referrals:qr", args=[kind])).status_code == 200
    assert client_for(mio).get(reverse("referrals:qr", args=[kind])).status_code == 404


def test_a_csv_has_as_many_rows_as_the_card_says(
    client_for: Any, aki: Any, sato: Any, program: Program
) -> None:
    won_referral(aki, program)
    won_referral(aki, program, domain="koto.example", name="2")
    client = client_for(sato)
    rows = client.get(reverse("referrals:analytics")).context["rows"]
    for row in rows[1:]:
        csv = (
            client.get(reverse("referrals:analytics_csv") + f"?stage={row['stage']}")
            .getvalue()
            .decode()
        )
        assert len(csv.strip().splitlines()) - 1 == row["count"], row["stage"]


def test_the_hub_shows_every_introduction_page_by_page(
    client_for: Any, aki: Any, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.selectors.customer_pages.SHOWN", 2)
    for number in range(3):
        won_referral(aki, program, domain=f"co{number}.example", name=str(number))
    browser = client_for(aki)
    first = browser.get(reverse("referrals:hub") + "?show=won")
    assert len(first.context["rows"]) == 2
    older = browser.get(
        f"{reverse('referrals:hub')}?show=won&after={first.context['page'].next_cursor}"
    )
    assert len(older.context["rows"]) == 1
    assert first.context["counts"].won == 3


def test_every_place_shown_by_the_desk_opens_for_its_reader(
    as_: Any, kato: Any, sato: Any, tanaka: Any
) -> None:
    for who, pays in ((kato, True), (sato, False), (tanaka, False)):
        browser = as_(who)
        page = browser.get("/staff/referrals/").content.decode()
        places = set(re.findall(r'href="(/staff/referrals/[a-z/-]*)', page))
        assert ("/staff/referrals/payouts/" in places) == pays
        assert {place: browser.get(place).status_code for place in places} == dict.fromkeys(
            places, 200
        )

"""Payments: through a service that answers for each line, or by hand; clear refusals, undone where
possible.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from standardwebhooks.webhooks import Webhook

from portal.core import time
from portal.delivery import outbox, services
from portal.delivery.models import Delivery, Destination
from portal.events.models import Event
from referrals.models import PayoutBatch, PayoutLine, Program, Reward, RewardRule
from referrals.services.links.links import link_for
from referrals.services.payouts import payout_lines, service_payments
from referrals.services.rewards import approvals, ledger
from referrals.services.rewards.ledger_checks import check_ledger
from tests.pages import squeezed
from tests.people import NOW
from tests.receiver import Receiver
from tests.referrals.made import tell, won_referral

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=31)


@pytest.fixture
def place(receiver: Receiver, program: Program, kato: Any) -> tuple[Destination, str]:
    """A billing system that carries out the program's payments, chosen on the page."""
    place, secret = services.add_destination(
        kind="webhook",
        name="請求システム",
        url=f"http://{receiver.host}/pay",
        event_names=[],
        actor=kato,
        now=NOW,
    )
    service_payments.choose_destination(program=program, destination=place, actor=kato, now=NOW)
    return place, secret


@pytest.fixture
def available(program: Program, aki: Any, kato: Any) -> list[Reward]:
    """Both sides' rewards of one sale, approved and available."""
    referral = won_referral(aki, program)
    rewards = list(Reward.objects.filter(referral=referral).order_by("pk"))
    for reward in rewards:
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    approvals.mature_due(now=LATER)
    return rewards


def make(client: Client) -> PayoutBatch:
    assert client.post("/staff/referrals/payouts/", {"program": "friends"}).status_code == 302
    return PayoutBatch.objects.latest("pk")


def url(batch: PayoutBatch) -> str:
    return f"/staff/referrals/payouts/{batch.public_id}/"


def run(days: float = 0) -> None:
    outbox.deliver_due(clock=lambda: LATER + timedelta(days=days))


def test_a_line_is_paid_only_when_the_service_said_so(
    receiver: Receiver,
    place: tuple[Destination, str],
    available: list[Reward],
    kato: Any,
    as_: Any,
    time_machine: Any,
) -> None:
    client = as_(kato)
    batch = make(client)
    client.post(url(batch), {"act": "send"})
    Delivery.objects.update(next_at=LATER)
    assert {reward.state for reward in Reward.objects.all()} == {"reserved"}
    receiver.statuses = [200, 422]
    run()
    assert sorted(batch.lines.values_list("state", flat=True)) == ["sent", "settled"]
    assert "まだ成功" in client.get(url(batch)).content.decode()
    receiver.statuses = [422, 422]
    run(0.1)
    run(1)
    batch.refresh_from_db()
    failed = batch.lines.get(state="failed")
    assert (batch.state, failed.is_unsure, failed.reason) == ("settled", False, "HTTP 422")
    assert Reward.objects.get(pk=failed.reward_id).state == "available"
    assert Event.objects.get(name="referrals.payment.failed").payload["sent_by_id"] == kato.pk
    assert sum(check_ledger().values()) == 0
    # the message: signed, under the payment's own number, without a name
    headers, body = receiver.got[0]
    today = time.now()
    time_machine.move_to(LATER)
    told = Webhook(place[1]).verify(
        body.decode(), {name.lower(): value for name, value in headers.items()}
    )
    time_machine.move_to(today)
    line = PayoutLine.objects.get(payment_id=headers["webhook-id"])
    assert told["id"] == str(line.payment_id)
    assert told["data"]["amount"] == 30_000
    assert not any(name in body.decode() for name in ("アクメ", "acme", "秋山"))
    # sent again: the same number, and this time it is carried out
    receiver.got.clear()
    page = client.get(url(batch)).content.decode()
    assert "再送する" in page
    client.post(f"{url(batch)}lines/{failed.pk}/", {"act": "retry"})
    Delivery.objects.filter(state="waiting").update(next_at=LATER)
    run(2)
    assert receiver.got[0][0]["webhook-id"] == str(failed.payment_id)
    assert set(batch.lines.values_list("state", flat=True)) == {"settled"}
    assert {reward.state for reward in Reward.objects.all()} == {"fulfilled"}
    assert sum(check_ledger().values()) == 0


def test_a_payment_whose_answer_was_lost_is_in_no_other_batch_and_keeps_its_number(
    receiver: Receiver, place: tuple[Destination, str], available: list[Reward], kato: Any, as_: Any
) -> None:
    client = as_(kato)
    batch = make(client)
    client.post(url(batch), {"act": "send"})
    Delivery.objects.update(next_at=LATER, tries=9)
    receiver.statuses = [500, 500]
    run()
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert set(batch.lines.values_list("is_unsure", flat=True)) == {True}
    # nobody sends it again behind the batch's back
    services.replay(destination=place[0], actor=kato, now=LATER)
    assert not Delivery.objects.filter(state="waiting").exists()
    before = set(batch.lines.values_list("payment_id", flat=True))
    make(client)
    assert PayoutBatch.objects.count() == 1
    page = client.get("/staff/referrals/payouts/").content.decode()
    assert all(words in page for words in ("支払われたか不明", "支払えるものはありません"))
    for line in batch.lines.all():
        client.post(f"{url(batch)}lines/{line.pk}/", {"act": "retry"})
    Delivery.objects.update(next_at=LATER)
    receiver.got.clear()
    run(1)
    assert {headers["webhook-id"] for headers, _body in receiver.got} == {str(pk) for pk in before}
    assert {reward.state for reward in Reward.objects.all()} == {"fulfilled"}
    refused = client.post(
        f"{url(batch)}lines/{batch.lines.first().pk}/", {"act": "retry"}, follow=True
    )
    assert "閉じられたか" in refused.content.decode()


def test_an_effect_that_fails_here_loses_neither_the_payment_nor_the_other_deliveries(
    receiver: Receiver,
    place: tuple[Destination, str],
    available: list[Reward],
    kato: Any,
    as_: Any,
    monkeypatch: Any,
) -> None:
    client = as_(kato)
    batch = make(client)
    client.post(url(batch), {"act": "send"})
    Delivery.objects.update(next_at=LATER)
    real = payout_lines.settle_line

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("out of order")

    monkeypatch.setattr(service_payments, "settle_line", broken)
    run()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}
    assert set(batch.lines.values_list("state", flat=True)) == {"sent"}
    monkeypatch.setattr(service_payments, "settle_line", real)
    run(1)
    assert set(batch.lines.values_list("state", flat=True)) == {"settled"}
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 2


def test_what_the_service_keeps_silent_about_is_ended_by_hand(
    receiver: Receiver, place: tuple[Destination, str], available: list[Reward], kato: Any, as_: Any
) -> None:
    client = as_(kato)
    batch = make(client)
    client.post(url(batch), {"act": "send"})
    one, two = batch.lines.order_by("pk")
    refused = client.post(
        f"{url(batch)}lines/{one.pk}/", {"act": "settle", "reason": ""}, follow=True
    )
    assert "理由" in refused.content.decode()
    client.post(f"{url(batch)}lines/{one.pk}/", {"act": "settle", "reason": "電話で確認 A-17"})
    client.post(f"{url(batch)}lines/{two.pk}/", {"act": "fail", "reason": "登録がない"})
    assert list(batch.lines.order_by("pk").values_list("state", "reason")) == [
        ("settled", "電話で確認 A-17"),
        ("failed", "登録がない"),
    ]
    run()
    assert receiver.got == []
    assert sum(check_ledger().values()) == 0


def test_without_a_service_people_pay_and_write_down_how(
    available: list[Reward], kato: Any, as_: Any
) -> None:
    client = as_(kato)
    batch = make(client)
    assert (
        "振込"
        in client.post(url(batch), {"act": "settle", "reason": ""}, follow=True).content.decode()
    )
    assert (
        "選ばれていません" in client.post(url(batch), {"act": "send"}, follow=True).content.decode()
    )
    client.post(url(batch), {"act": "settle", "reason": "振込 2026-12-25"})
    assert set(batch.lines.values_list("state", "reason")) == {("settled", "振込 2026-12-25")}
    nothing = client.post("/staff/referrals/payouts/", {"program": "friends"}, follow=True)
    assert "支払えるものはもうありません" in nothing.content.decode()


def test_the_referrer_sees_the_state_of_their_reward(
    available: list[Reward], aki: Any, kato: Any, as_: Any
) -> None:
    page = f"/referrals/introductions/{available[0].referral.public_id}/"
    assert "次回のお支払い" in as_(aki).get(page).content.decode()
    client = as_(kato)
    batch = make(client)
    assert "お支払い手続き中" in as_(aki).get(page).content.decode()
    client.post(url(batch), {"act": "settle", "reason": "x"})
    assert "お支払いしました" in as_(aki).get(page).content.decode()


def test_the_file_cannot_carry_a_formula(
    available: list[Reward], aki: Any, kato: Any, as_: Any
) -> None:
    client = as_(kato)
    batch = make(client)
    company = available[0].organization
    assert company is not None
    for start in ("=", "+", "-", "@", "\t", "\r", "＝"):
        company.name = f"{start}HYPERLINK(1)"
        company.save()
        assert f"'{start}HYPERLINK(1)" in client.get(f"{url(batch)}lines.csv").content.decode()


def test_chosen_rewards_are_approved_together_and_each_exception_is_said(
    program: Program, aki: Any, kato: Any, as_: Any
) -> None:
    program.review_threshold = 30_000
    program.save()
    won_referral(aki, program)
    program.review_threshold = 0
    program.save()
    won_referral(aki, program, domain="second.example", name="2")
    client = as_(kato)
    shown = squeezed(client.get("/staff/referrals/rewards/").content.decode())
    seen = re.findall(r'name="reward" value="(\w+)"', shown)
    answer = client.post(
        "/staff/referrals/rewards/approve/", {"reward": seen}, follow=True
    ).content.decode()
    assert all(words in answer for words in ("2件を承認しました", "2件を提案しました"))
    assert Reward.objects.filter(state="approved").count() == 2
    assert (
        "1つ以上" in client.post("/staff/referrals/rewards/approve/", follow=True).content.decode()
    )


def test_what_grew_after_it_was_shown_or_proposed_is_looked_at_again(
    program: Program, aki: Any, kato: Any, sato: Any, as_: Any
) -> None:
    sato.is_administrator = True
    sato.save()
    Program.objects.update(review_threshold=20_000)
    RewardRule.objects.filter(side="referrer").update(amount=0, steps=[[1, 30_000], [2, 90_000]])
    when = {
        "occurred_at": (NOW + timedelta(days=2)).isoformat(),
        "amount": 1_000_000,
        "currency": "JPY",
    }
    code = link_for(user=aki, program=program, now=NOW).code
    for name in ("a", "b"):
        tell(
            "introduction",
            f"i{name}",
            code=code,
            domain=f"{name}.example",
            claim="code",
            occurred_at=NOW.isoformat(),
        )
    tell("conversion", "ca", domain="a.example", invoice="INV-a", **when)
    mine = Reward.objects.get(side="referrer")
    page = f"/staff/referrals/rewards/{mine.public_id}/"
    as_(kato).post(page, {"act": "approve"})
    mine.refresh_from_db()
    assert (mine.amount, mine.proposed_by_id) == (30_000, kato.pk)
    shown = squeezed(as_(sato).get("/staff/referrals/rewards/").content.decode())
    seen = [
        value
        for value in re.findall(r'name="reward" value="(\w+)"', shown)
        if value.startswith(f"{mine.pk}v")
    ]
    tell(
        "conversion",
        "cb",
        domain="b.example",
        invoice="INV-b",
        **{**when, "occurred_at": NOW.isoformat()},
    )
    old, mine = mine, Reward.objects.get(pk=mine.pk)
    assert (mine.amount, mine.proposed_by_id) == (
        90_000,
        None,
    )  # the earlier sale came late: this is the second one
    answer = (
        as_(sato)
        .post("/staff/referrals/rewards/approve/", {"reward": seen}, follow=True)
        .content.decode()
    )
    assert "1件は表示後に変更されました" in answer
    one = as_(sato).post(page, {"act": "approve", "version": old.version})
    assert (one.status_code, "表示後に変更されました" in one.content.decode()) == (422, True)
    as_(sato).post(page, {"act": "approve", "version": mine.version})
    mine.refresh_from_db()
    assert (mine.state, mine.proposed_by_id) == (
        "pending",
        sato.pk,
    )  # proposed anew: one person alone releases nothing


def test_a_refusal_can_be_undone_and_what_is_owed_given_up(
    available: list[Reward], program: Program, kato: Any, as_: Any
) -> None:
    client = as_(kato)
    reward = available[0]
    page = f"/staff/referrals/rewards/{reward.public_id}/"
    client.post(page, {"act": "reverse", "reason": "重複"})
    reward.refresh_from_db()
    assert (reward.state, reward.net) == ("reversed", 0)
    tell("refund", "half", invoice="INV-1", amount=500_000)
    assert client.post(page, {"act": "restore", "reason": ""}).status_code == 422
    client.post(page, {"act": "restore", "reason": "重複ではなかった"})
    reward.refresh_from_db()
    assert (reward.state, reward.net, reward.approved_by_id) == ("pending", 15_000, None)
    client.post(page, {"act": "approve"})
    approvals.mature_due(now=LATER)
    batch = make(client)
    client.post(url(batch), {"act": "settle", "reason": "x"})
    tell("refund", "rest", invoice="INV-1", amount=500_000)
    assert "返していただく" in client.get("/staff/referrals/payouts/").content.decode()
    owed = client.get(page).content.decode()
    assert "15,000" in owed
    client.post(page, {"act": "write_off", "reason": "少額のため"})
    assert ledger.balances(reward.holder, "JPY").get("clawback_receivable") == 0
    assert sum(check_ledger().values()) == 0

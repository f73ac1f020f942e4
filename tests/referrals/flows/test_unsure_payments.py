"""Payments of unknown outcome: nothing is paid a second time before a person has checked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.delivery import services
from portal.delivery.models import Delivery, Destination
from referrals.models import PayoutBatch, PayoutLine, Program, Reward
from referrals.services.payouts import payouts, service_payments
from referrals.services.rewards import approvals, ledger
from referrals.services.rewards.ledger_checks import check_ledger
from tests.people import NOW
from tests.receiver import Receiver
from tests.referrals.flows.test_payments import LATER, available, make, place, run, url
from tests.referrals.invariants.scene import refused
from tests.referrals.made import tell, won_referral

__all__ = ["available", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(as_: Any, kato: Any) -> Client:
    return as_(kato)


@pytest.fixture
def lost(
    receiver: Receiver, place: tuple[Destination, str], available: list[Reward], client: Client
) -> PayoutBatch:
    """Both rewards were sent to the service, whose answers were lost."""
    batch = make(client)
    client.post(url(batch), {"act": "send"})
    Delivery.objects.update(next_at=LATER, tries=9)
    receiver.statuses = [500, 500]
    run()
    assert set(batch.lines.values_list("state", "is_unsure")) == {("failed", True)}
    return batch


def resolve(client: Client, line: PayoutLine, act: str, reason: str = "請求システムで確認") -> str:
    path = f"{url(line.batch)}lines/{line.pk}/"
    return client.post(path, {"act": act, "reason": reason}, follow=True).content.decode()


def ledger_checks_pass() -> bool:
    return sum(check_ledger().values()) == 0


def test_no_refund_no_other_route_and_no_cash_makes_a_second_payment(
    lost: PayoutBatch, place: tuple[Destination, str], program: Program, client: Client, kato: Any
) -> None:
    ids = list(Reward.objects.values_list("pk", flat=True))
    tell(
        "refund", "half", invoice="INV-1", amount=500_000
    )  # another amount would be another number
    other, _secret = services.add_destination(
        kind="webhook", name="別のシステム", url=place[0].url, event_names=[], actor=kato, now=NOW
    )
    for chosen in (place[0], other, None):
        service_payments.choose_destination(
            program=program, destination=chosen, actor=kato, now=NOW
        )
        with pytest.raises(payouts.NothingToPay):
            payouts.reserve_batch(program=program, reward_ids=ids, actor=kato, now=LATER)
    Program.objects.update(fulfilment="cash")
    make(client)
    line = lost.lines.first()
    assert line is not None
    with refused("an_unsure_payment_is_resolved_first"):
        batch = PayoutBatch.objects.create(program=program, created_at=NOW, created_by_id=kato.pk)
        PayoutLine.objects.create(
            batch=batch, reward_id=line.reward_id, amount=1, currency="JPY", state_since=NOW
        )
    assert PayoutLine.objects.count() == 2


def test_it_is_sent_again_only_as_the_same_payment_to_the_same_service(
    lost: PayoutBatch, place: tuple[Destination, str], program: Program, client: Client, kato: Any
) -> None:
    one, two = lost.lines.order_by("pk")
    other, _secret = services.add_destination(
        kind="webhook", name="別のシステム", url=place[0].url, event_names=[], actor=kato, now=NOW
    )
    service_payments.choose_destination(program=program, destination=other, actor=kato, now=NOW)
    assert "二重の支払い" in resolve(client, one, "retry")
    service_payments.choose_destination(program=program, destination=place[0], actor=kato, now=NOW)
    resolve(client, one, "retry")
    tell("refund", "half", invoice="INV-1", amount=500_000)
    assert "二重の支払い" in resolve(client, two, "retry")
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state, two.is_unsure) == ("sent", "failed", True)


def test_a_person_finds_out_that_it_was_paid_or_not(lost: PayoutBatch, client: Client) -> None:
    one, two = lost.lines.order_by("pk")
    assert "理由" in resolve(client, one, "was_paid", reason="")
    assert "支払い済みとして記録" in resolve(client, one, "was_paid")
    assert "未払いとして記録" in resolve(client, two, "not_paid")
    lost.refresh_from_db()
    assert lost.state == "settled"
    assert list(lost.lines.order_by("pk").values_list("state", "is_unsure", "reason")) == [
        ("settled", False, "請求システムで確認"),
        ("failed", False, "請求システムで確認"),
    ]
    assert Reward.objects.get(pk=one.reward_id).state == "fulfilled"
    assert "閉じられたか" in resolve(client, one, "not_paid")
    again = make(client)
    assert list(again.lines.values_list("reward_id", flat=True)) == [two.reward_id]
    assert "支払われたか不明" not in client.get("/staff/referrals/payouts/").content.decode()
    assert ledger_checks_pass()


@pytest.mark.parametrize(("refunded", "owed"), [(500_000, 15_000), (1_000_000, 30_000)])
def test_paid_after_all_and_refunded_meanwhile_is_owed_back(
    lost: PayoutBatch, client: Client, refunded: int, owed: int
) -> None:
    tell("refund", "meanwhile", invoice="INV-1", amount=refunded)
    for line in lost.lines.order_by("pk"):
        resolve(client, line, "was_paid")
        reward = Reward.objects.get(pk=line.reward_id)
        assert (reward.state, reward.net) == ("fulfilled", 30_000 - owed)
        assert ledger.balances(reward.holder, "JPY")["clawback_receivable"] == -owed
        assert ledger.balances(reward.holder, "JPY")["payout_clearing"] == 0
    assert ledger_checks_pass()


def test_the_maker_of_a_large_payment_does_not_say_how_it_ended(
    lost: PayoutBatch, client: Client, sato: Any, as_: Any
) -> None:
    Reward.objects.update(proposed_by_id=sato.pk, needs_second=True)
    for line in lost.lines.all():
        for act in ("was_paid", "not_paid"):
            assert "別の人が実行" in resolve(client, line, act)
    assert set(lost.lines.values_list("state", "is_unsure")) == {("failed", True)}
    sato.is_administrator = True
    sato.save()
    for line in lost.lines.all():
        resolve(as_(sato), line, "was_paid")
    assert set(lost.lines.values_list("state", flat=True)) == {"settled"}


def test_what_is_owed_is_not_kept_back_twice(
    receiver: Receiver,
    place: tuple[Destination, str],
    available: list[Reward],
    program: Program,
    aki: Any,
    kato: Any,
    client: Client,
) -> None:
    payouts.settle_batch(batch_id=make(client).pk, actor=kato, now=LATER, reference="x")
    tell("refund", "half", invoice="INV-1", amount=500_000)
    holder = Reward.objects.get(side="referrer").holder
    assert ledger.balances(holder, "JPY")["clawback_receivable"] == -15_000

    def next_one(name: str) -> PayoutLine:
        referral = won_referral(aki, program, domain=f"{name}.example", name=name)
        reward = Reward.objects.get(referral=referral, side="referrer")
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
        approvals.mature_due(now=LATER)
        return make(client).lines.get()

    line = next_one("2")
    assert (line.amount, line.netted) == (15_000, 15_000)
    client.post(url(line.batch), {"act": "send"})
    Delivery.objects.update(next_at=LATER, tries=9)
    receiver.statuses = [500]
    run()
    page = f"/staff/referrals/rewards/{line.reward.public_id}/"
    assert "不明" in client.post(page, {"act": "write_off", "reason": "少額"}).content.decode()
    assert next_one("3").amount == 30_000
    resolve(client, line, "was_paid")
    assert ledger.balances(holder, "JPY")["clawback_receivable"] == 0
    assert ledger_checks_pass()

"""One sale reported by several events: whatever their order and however often, the ledger is the
same.
"""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from referrals.inbound import stripe as stripe_events
from referrals.models import Conversion, Fact, InboundSource, Reward
from referrals.services.facts.record import receive_fact
from referrals.services.intake.webhooks import knows_code
from referrals.services.rewards.ledger_checks import check_ledger
from tests.people import NOW
from tests.referrals.senders import STORY, charge_refunded, checkout, invoice, refund

pytestmark = pytest.mark.django_db


def tell(source: InboundSource, told: dict[str, Any]) -> None:
    for one in stripe_events.read(told, program="friends", knows_code=knows_code).facts:
        receive_fact(
            source=source.slug,
            external_id=one.external_id,
            kind=one.kind,
            body=one.body,
            now=NOW,
            is_quiet=one.is_quiet,
        )


def outcome() -> str:
    sale = Conversion.objects.get()
    rewards = sorted(Reward.objects.values_list("side", "state", "amount", "reversed_amount"))
    assert not Fact.objects.exclude(state="applied").exists()
    return repr((sale.amount, sale.refunded_amount, sale.occurred_at, rewards))


def every_order(source: InboundSource, code: str, left: list[str], seen: set[str]) -> None:
    """Walk all orders as a tree, so that a common beginning of two orders is delivered once."""
    if not left:
        seen.add(outcome())
    for name in sorted(set(left)):
        point = transaction.savepoint()
        tell(source, STORY[name](code))
        rest = list(left)
        rest.remove(name)
        every_order(source, code, rest, seen)
        transaction.savepoint_rollback(point)


def test_every_order_of_five_events_gives_the_same_ledger(stripe: InboundSource, code: str) -> None:
    seen: set[str] = set()
    every_order(
        stripe, code, ["checkout", "checkout", "invoice", "first refund", "both refunds"], seen
    )
    assert len(seen) == 1, seen
    assert "1000000, 500000" in next(iter(seen))
    assert "30000, 15000" in next(iter(seen))


def test_single_and_cumulative_refunds_are_not_doubled_in_any_order(
    stripe: InboundSource, code: str
) -> None:
    seen: set[str] = set()
    for order in random.Random(5).sample(list(permutations(STORY)), 12):
        point = transaction.savepoint()
        for name in (*order, order[0]):
            tell(stripe, STORY[name](code))
        seen.add(outcome())
        transaction.savepoint_rollback(point)
    assert len(seen) == 1, seen
    assert "1000000, 500000" in next(iter(seen))


def bare(name: str, **money: Any) -> dict[str, Any]:
    """A refund as a billing system without payments reports it."""
    return {"invoice": "in_1", "reference": name, "currency": "JPY", **money}


BOTH_TELLERS: dict[str, Any] = {
    "single": bare("re_1", amount=200_000),
    "its own name": bare("B-2", amount=300_000),
    "same single": refund("re_1", 200_000),
    "first total": charge_refunded(200_000),
    "total": charge_refunded(500_000),
}


def test_two_tellers_of_the_same_refunds_do_not_add_up_in_any_order(
    stripe: InboundSource, code: str
) -> None:
    """One says refunds without their payment, the other by payment; both mean 500,000 in all."""
    tell(stripe, checkout(client_reference_id=code))
    tell(stripe, invoice())
    seen: set[str] = set()
    for order in random.Random(3).sample(list(permutations(BOTH_TELLERS)), 8):
        point = transaction.savepoint()
        for name in order:
            told = BOTH_TELLERS[name]
            if "object" in told:
                tell(stripe, told)
            else:
                receive_fact(source="billing", external_id=name, kind="refund", body=told, now=NOW)
        seen.add(outcome())
        assert not any(check_ledger().values())
        transaction.savepoint_rollback(point)
    assert len(seen) == 1, seen
    assert "1000000, 500000" in next(iter(seen))


def test_a_refund_with_and_without_its_payment_counts_in_both_sums_in_any_order(
    stripe: InboundSource, code: str
) -> None:
    tell(stripe, checkout(client_reference_id=code))
    tell(stripe, invoice())
    seen: set[str] = set()
    first, second = bare("re_1", amount=100_000), bare("re_3", amount=200_000)
    both = {
        "first": first,
        "second": second,
        "first of ch_1": {**first, "charge": "ch_1"},
        "other of ch_1": {**bare("re_4", amount=250_000), "charge": "ch_1"},
    }
    for order in random.Random(4).sample(list(permutations(both)), 8):
        point = transaction.savepoint()
        for name in order:
            receive_fact(
                source="billing", external_id=name, kind="refund", body=both[name], now=NOW
            )
        seen.add(outcome())
        assert not any(check_ledger().values())
        transaction.savepoint_rollback(point)
    assert len(seen) == 1, seen
    assert "1000000, 350000" in next(iter(seen))


FAILED = refund("re_1", 200_000, status="failed")


@pytest.mark.parametrize(
    "success", [refund("re_1", 200_000), charge_refunded(200_000)], ids=["single", "total"]
)
@pytest.mark.parametrize("failure_first", [True, False])
def test_a_failed_refund_takes_nothing_back_before_its_success_and_goes_to_a_person_in_both_orders(
    stripe: InboundSource, code: str, success: dict[str, Any], failure_first: bool
) -> None:
    tell(stripe, checkout(client_reference_id=code))
    tell(stripe, invoice())
    for told in (FAILED, success) if failure_first else (success, FAILED):
        tell(stripe, told)
    doubtful = Fact.objects.get(state="review")
    assert doubtful.result == {"reason": "refund_failed_later"}
    if failure_first:
        assert Conversion.objects.get().refunded_amount == 0
        assert set(Reward.objects.values_list("reversed_amount", flat=True)) == {0}


def test_a_refund_beside_one_that_failed_still_counts(stripe: InboundSource, code: str) -> None:
    """The failure speaks of its own reference only; a total that other refunds explain is in no
    doubt.
    """
    for told in (
        FAILED,  # waits for its sale
        checkout(client_reference_id=code),
        invoice(),
        refund("re_2", 300_000),
        charge_refunded(300_000),
    ):
        tell(stripe, told)
    assert "1000000, 300000" in outcome()
    tell(stripe, refund("re_1", 200_000))
    assert Conversion.objects.get().refunded_amount == 300_000
    assert Fact.objects.get(state="review").result == {"reason": "refund_failed_later"}

"""One sale told by several events: whatever their order and however often, the books end the same."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from referrals.inbound import stripe as stripe_events
from referrals.models import Conversion, Fact, InboundSource, Program, Reward
from referrals.services.facts import receive_fact
from referrals.services.inbound import knows_code
from referrals.services.links import link_for
from tests.people import NOW
from tests.referrals.senders import STORY, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(program: Program, kato: Any) -> InboundSource:
    return make_source("stripe", program, kato)[0]


@pytest.fixture
def code(program: Program, aki: Any) -> str:
    return link_for(user=aki, program=program, now=NOW).code


def tell(source: InboundSource, told: dict[str, Any]) -> None:
    for one in stripe_events.read(told, program="friends", knows_code=knows_code).facts:
        receive_fact(
            source=source.slug, external_id=one.external_id, kind=one.kind, body=one.body, now=NOW,
            is_quiet=one.is_quiet,
        )  # fmt: skip


def outcome() -> str:
    sale = Conversion.objects.get()
    rewards = sorted(Reward.objects.values_list("side", "state", "amount", "reversed_amount"))
    assert not Fact.objects.exclude(state="applied").exists()
    return repr((sale.amount, sale.refunded_amount, sale.occurred_at, rewards))


def every_order(source: InboundSource, code: str, left: list[str], seen: set[str]) -> None:
    """Walk all orders as a tree, so that what two of them begin with is told once."""
    if not left:
        seen.add(outcome())
    for name in sorted(set(left)):
        point = transaction.savepoint()
        tell(source, STORY[name](code))
        rest = list(left)
        rest.remove(name)
        every_order(source, code, rest, seen)
        transaction.savepoint_rollback(point)


def test_every_order_of_five_events_ends_in_the_same_books(stripe: InboundSource, code: str) -> None:
    seen: set[str] = set()
    every_order(stripe, code, ["checkout", "checkout", "invoice", "first refund", "both refunds"], seen)
    assert len(seen) == 1, seen
    assert "1000000, 500000" in next(iter(seen))
    assert "30000, 15000" in next(iter(seen))


def test_refunds_told_one_by_one_and_as_a_total_are_not_doubled_in_any_order(stripe: InboundSource, code: str) -> None:
    seen: set[str] = set()
    for order in random.Random(5).sample(list(permutations(STORY)), 12):
        point = transaction.savepoint()
        for name in (*order, order[0]):
            tell(stripe, STORY[name](code))
        seen.add(outcome())
        transaction.savepoint_rollback(point)
    assert len(seen) == 1, seen
    assert "1000000, 500000" in next(iter(seen))

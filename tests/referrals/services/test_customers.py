"""A sale makes the introduced company a customer, and whoever was a customer before is introduced
by nobody, in whatever order the records arrive.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from portal.accounts.models import LifecycleChange, Organization
from portal.accounts.services import move_organization
from portal.audit.models import AuditEntry
from portal.events.models import Event
from referrals.models import Conversion, Dispute, Program, Referral, Reward
from referrals.rules import reasons
from referrals.services.introductions import staff_actions
from referrals.services.links.links import link_for
from referrals.services.rewards import approvals
from tests.people import NOW
from tests.referrals.made import ledger_checks_pass, make_program, tell

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OLD, NEW = NOW - 400 * DAY, NOW + timedelta(hours=3)
DOMAIN = "order-a-kk.co.jp"


def sale(name: str, at: datetime, amount: int = 100_000) -> Any:
    return tell(
        "conversion",
        name,
        domain=DOMAIN,
        invoice=name,
        amount=amount,
        currency="JPY",
        occurred_at=at.isoformat(),
    )


def introduce(code: str, at: datetime = NOW) -> Any:
    return tell(
        "introduction",
        "intro",
        code=code,
        domain=DOMAIN,
        company="Order A",
        claim="code",
        occurred_at=at.isoformat(),
    )


def refund(name: str, amount: int = 100_000) -> Any:
    return tell("refund", f"back-{name}", invoice=name, amount=amount, reference=f"back-{name}")


def company() -> Organization:
    return Organization.objects.get(email_domains__domain=DOMAIN)


def test_a_sale_older_than_the_introduction_earns_nothing_in_either_order(code: str) -> None:
    seen = set()
    for order in permutations(("introduction", "sale")):
        point = transaction.savepoint()
        for step in order:
            introduce(code) if step == "introduction" else sale("old", OLD)
        referral = Referral.objects.get()
        assert not [reward for reward in Reward.objects.all() if reward.net]
        with translation.override("en"):
            assert "already a customer since" in reasons.to_staff(referral.reason)
        seen.add((referral.state, referral.reason, company().became_customer_at))
        assert Conversion.objects.count() == 1
        ledger_checks_pass()
        transaction.savepoint_rollback(point)
    assert seen == {("rejected", f"rule:existing_customer {OLD.date().isoformat()}", OLD)}


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=-9), 30 * DAY])
def test_a_sale_of_the_same_day_or_later_counts(code: str, later: timedelta) -> None:
    """NOW is ten in the morning here: nine hours earlier is the same day."""
    introduce(code)
    sale("new", NOW + later)
    assert Referral.objects.get().state == "won"
    assert {reward.net for reward in Reward.objects.all()} == {30_000}


def outcome() -> tuple[Any, ...]:
    organization = company()
    referral = Referral.objects.get()
    rewards = sorted((reward.side, reward.net) for reward in Reward.objects.all() if reward.net)
    return (
        organization.lifecycle,
        organization.became_customer_at,
        referral.state,
        referral.reason,
        tuple(rewards),
        tuple(sorted(Conversion.objects.values_list("invoice", "refunded_amount"))),
    )


@pytest.mark.parametrize("refunded", ["old", "new", "part of new", "both", ""])
def test_any_order_of_introduction_sales_and_refunds_ends_the_same(
    code: str, refunded: str
) -> None:
    steps = {
        "introduction": lambda: introduce(code),
        "old": lambda: sale("old", OLD),
        "new": lambda: sale("new", NEW),
    }
    if refunded in ("old", "both"):
        steps["refund of old"] = lambda: refund("old")
    if refunded in ("new", "both"):
        steps["refund of new"] = lambda: refund("new")
    if refunded == "part of new":
        steps["part"] = lambda: refund("new", 50_000)
    seen: dict[tuple[Any, ...], tuple[str, ...]] = {}
    orders = list(permutations(steps))
    for order in random.Random(7).sample(orders, min(len(orders), 24)):
        point = transaction.savepoint()
        for name in order:
            steps[name]()
        seen.setdefault(outcome(), order)
        ledger_checks_pass()
        transaction.savepoint_rollback(point)
    assert len(seen) == 1, seen
    stage, since, state, _reason, rewards, _sales = next(iter(seen))
    expected = {
        "old": ("onboarding", NEW, "won", 30_000),
        "new": ("onboarding", OLD, "rejected", 0),
        "part of new": ("onboarding", OLD, "rejected", 0),
        "both": ("prospect", None, "won", 0),
        "": ("onboarding", OLD, "rejected", 0),
    }[refunded]
    worth = {net for _side, net in rewards} or {0}
    assert (stage, since, state, worth) == (*expected[:3], {expected[3]})


def test_after_approval_an_old_sale_opens_a_dispute_once(code: str, kato: Any) -> None:
    introduce(code)
    sale("new", NEW)
    for reward in Reward.objects.all():
        approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    sale("old", OLD)
    dispute = Dispute.objects.get()
    assert (dispute.opened_by, dispute.state) == (None, "open")
    assert {reward.net for reward in Reward.objects.all()} == {30_000}
    staff_actions.answer_dispute(
        dispute=dispute, actor=kato, upheld=False, answer="確認しました", now=NOW
    )
    sale("older", OLD - DAY)
    assert Dispute.objects.count() == 1
    ledger_checks_pass()


def test_a_contract_without_an_amount_shows_an_existing_customer_too(code: str) -> None:
    introduce(code)
    tell("stage", "won", domain=DOMAIN, stage="won", occurred_at=OLD.isoformat())
    assert Referral.objects.get().state == "rejected"
    assert company().became_customer_at == OLD


def test_an_old_sale_in_one_program_ends_an_introduction_into_another(
    aki: Any, program: Program, dispatched: Any
) -> None:
    other = make_program(slug="other", is_default=False)
    codes = {row.slug: link_for(user=aki, program=row, now=NOW).code for row in (program, other)}
    tell(
        "introduction",
        "other",
        program="other",
        code=codes["other"],
        domain=DOMAIN,
        claim="code",
        occurred_at=NOW.isoformat(),
    )
    introduce(codes["friends"])
    sale("old", OLD)
    dispatched()
    assert set(Referral.objects.values_list("state", flat=True)) == {"rejected"}


# --- a sale makes a customer ---


def test_a_sale_makes_a_customer_and_a_full_refund_takes_it_back(code: str) -> None:
    introduce(code)
    sale("later", NEW + 9 * DAY)
    sale("new", NEW)
    row = company()
    assert (row.lifecycle, row.became_customer_at) == ("onboarding", NEW)
    assert Event.objects.filter(name="accounts.organization.moved").count() == 1
    change = LifecycleChange.objects.filter(organization=row).latest("pk")
    assert (change.before, change.after) == ("prospect", "onboarding")
    with translation.override("en"):
        assert change.why == "A sale became known."
    refund("new")
    row = company()
    assert (row.lifecycle, row.became_customer_at) == ("onboarding", NEW + 9 * DAY)
    refund("later")
    row = company()
    assert (row.lifecycle, row.became_customer_at) == ("prospect", None)


def test_what_a_person_said_outlives_a_refund(code: str, kato: Any) -> None:
    introduce(code)
    sale("new", NEW)
    move_organization(organization=company(), stage="adopting", now=NEW + DAY, actor=kato)
    assert AuditEntry.objects.filter(action="accounts.organization.move").count() == 1
    assert company().became_customer_at == NEW
    refund("new")
    row = company()
    assert (row.lifecycle, row.became_customer_at) == ("adopting", NEW + DAY)


def test_an_earlier_sale_dates_a_customer_whom_a_person_had_named(code: str, kato: Any) -> None:
    introduce(code)
    move_organization(organization=company(), stage="adopting", now=NEW + DAY, actor=kato)
    sale("new", NEW)
    assert company().became_customer_at == NEW
    refund("new")
    assert company().became_customer_at == NEW + DAY


def test_a_disqualified_introduction_takes_its_customer_back_and_gives_it_back(
    code: str, kato: Any
) -> None:
    introduce(code)
    sale("new", NEW)
    referral = Referral.objects.get()
    staff_actions.move_referral(
        referral=referral, to="disqualified", actor=kato, now=NOW, reason="偽の申込み"
    )
    assert (company().lifecycle, company().became_customer_at) == ("prospect", None)
    staff_actions.move_referral(
        referral=referral, to="accepted", actor=kato, now=NOW, reason="確認できました"
    )
    assert (company().lifecycle, company().became_customer_at) == ("onboarding", NEW)
    assert Referral.objects.get().state == "won"
    ledger_checks_pass()

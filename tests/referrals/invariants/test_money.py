"""3 sums · 4 rewards and ledger agree · 5 never more than the whole · 12 budgets · 13 erasure keeps
the sums.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from portal.accounts.services import erase_user
from referrals.models import (
    Conversion,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Program,
    ReferralLink,
    Reward,
    RewardRule,
)
from referrals.services.links.links import link_for
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger import Leg, post
from tests.referrals.invariants.scene import LATER, NOW, Scene, at_once, refused, sql, violations
from tests.referrals.made import tell


def test_03_database_refuses_what_does_not_sum_to_zero_and_every_change(scene: Scene) -> None:
    scene.won()
    account = LedgerAccount.objects.get(
        kind="member_pending", holder__contains=str(scene.aki.organization_id or "")
    )
    with refused("does not sum to zero"):
        moved = LedgerTransaction.objects.create(idem="x", kind="accrue", at=NOW)
        LedgerEntry.objects.create(transaction=moved, account=account, currency="JPY", amount=5)
    with refused("account's currency"):
        moved = LedgerTransaction.objects.create(idem="y", kind="accrue", at=NOW)
        for amount in (5, -5):
            LedgerEntry.objects.create(
                transaction=moved, account=account, currency="USD", amount=amount
            )
    for statement in (
        "UPDATE referrals_ledgerentry SET amount = 1",
        "DELETE FROM referrals_ledgerentry",
        "UPDATE referrals_ledgertransaction SET kind = 'x'",
        "DELETE FROM referrals_ledgertransaction",
    ):
        with refused("append-only"):
            sql(statement)


def test_03_threads_with_one_key_move_once(shared: Scene) -> None:
    legs = [Leg("program_expense", "program:1", -7), Leg("member_pending", "user:0", 7)]
    ended = at_once(
        *[lambda: post(idem="same", kind="accrue", currency="JPY", legs=legs, now=NOW)] * 8
    )
    assert sum(row is not None for row in ended) == 1
    assert sorted(LedgerEntry.objects.values_list("amount", flat=True)) == [-7, 7]


def test_04_database_refuses_a_reward_the_ledger_does_not_hold(scene: Scene) -> None:
    one, _two = scene.won()
    with refused("rewards_equal_the_ledger"):
        sql(
            "WITH c AS (INSERT INTO referrals_rewardchange (reward_id, version, before, after, "
            "amount, "
            "reversed_amount, reason, at) VALUES (%s, 2, 'pending', 'pending', 31000, 0, '', "
            "now())) "
            "UPDATE referrals_reward SET amount = 31000, version = 2 WHERE id = %s",
            one.pk,
            one.pk,
        )
    with refused("rewards_equal_the_ledger"):
        legs = [Leg("program_expense", "program:1", -7), Leg("member_pending", one.holder, 7)]
        post(idem="x", kind="accrue", currency="JPY", legs=legs, now=NOW, reward_id=one.pk)


def test_04_threads_that_approve_refund_and_mature_leave_them_equal(shared: Scene) -> None:
    one, two = shared.won()

    def refund(number: int) -> Any:
        return tell("refund", f"r{number}", invoice="INV-aoba.example", amount=100_000)

    def approve(reward: Reward) -> Any:
        return approvals.approve_reward(reward_id=reward.pk, actor=shared.kato, now=NOW)

    at_once(
        *[lambda n=n: refund(n) for n in range(3)],
        lambda: approve(one),
        lambda: approve(two),
        *[lambda: approvals.mature_due(now=LATER)] * 2,
        lambda: approve(one),
    )
    assert {reward.net for reward in Reward.objects.all()} == {21_000}
    assert violations() == {}


def test_05_database_refuses_more_than_all(scene: Scene) -> None:
    one, _two = scene.won()
    with refused("reversed_is_at_most_the_reward"):
        Reward.objects.filter(pk=one.pk).update(reversed_amount=30_001)
    with refused("refunded_is_at_most_the_sale"):
        Conversion.objects.update(refunded_amount=1_000_001)


def test_05_threads_of_refunds_and_the_sale_give_back_at_most_the_sale(shared: Scene) -> None:
    shared.claim(shared.aki, "aoba.example", "i1")
    acts = [
        lambda n=n: tell("refund", f"r{n}", invoice="INV-aoba.example", amount=200_000)
        for n in range(7)
    ]
    at_once(*acts, lambda: shared.sell("aoba.example", "c1"))
    assert Conversion.objects.get().refunded_amount == 1_000_000
    assert {(reward.net, reward.state) for reward in Reward.objects.all()} == {(0, "reversed")}
    assert violations() == {}


def test_12_database_refuses_more_than_the_budget(scene: Scene) -> None:
    RewardRule.objects.update(budget=60_000)
    scene.won()
    with refused("budget_is_never_exceeded"):
        RewardRule.objects.update(granted_amount=60_001)


def test_12_threads_of_sales_stop_at_the_budget(shared: Scene) -> None:
    RewardRule.objects.update(budget=100_000)
    for number in range(8):
        shared.claim(shared.aki, f"c{number}.example", f"i{number}")
    at_once(*[lambda n=n: shared.sell(f"c{n}.example", f"c{n}") for n in range(8)])
    assert Reward.objects.filter(side="referrer").count() == 3
    assert set(RewardRule.objects.values_list("granted_amount", flat=True)) == {90_000}
    assert violations() == {}


def reward_goes_to_the_person(scene: Scene) -> None:
    link_for(user=scene.aki, program=scene.program, now=NOW)
    ReferralLink.objects.filter(user=scene.aki).update(beneficiary="person")


def totals() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.kind, SUM(e.amount)::bigint FROM referrals_ledgerentry e JOIN "
            "referrals_ledgeraccount a "
            "ON a.id = e.account_id GROUP BY a.kind ORDER BY a.kind"
        )
        return dict(cursor.fetchall())


def test_13_database_refuses_an_account_of_the_erased_and_any_other_name(scene: Scene) -> None:
    reward_goes_to_the_person(scene)
    scene.won()
    mine = LedgerAccount.objects.filter(holder=f"user:{scene.aki.pk}")
    with refused("an_account_only_loses_its_name"):
        mine.update(holder="user:0")
    with refused("an_account_only_loses_its_name"):
        sql("DELETE FROM referrals_ledgeraccount")
    before = totals()
    erase_user(user=scene.aki, now=NOW)
    assert totals() == before
    with refused("an_erased_person_has_no_account"):
        LedgerAccount.objects.create(
            kind="member_available", holder=f"user:{scene.aki.pk}", currency="JPY"
        )


def test_13_what_comes_after_the_erasure_is_posted_to_the_old_account(scene: Scene) -> None:
    reward_goes_to_the_person(scene)
    mine, theirs = scene.available()
    assert mine.holder == f"user:{scene.aki.pk}"
    erase_user(user=scene.aki, now=LATER)
    tell("refund", "half", invoice="INV-aoba.example", amount=500_000)
    mine.refresh_from_db()
    assert (mine.net, mine.holder.startswith("erased:")) == (15_000, True)
    ids = [mine.pk, theirs.pk]
    batch = payouts.reserve_batch(
        program=scene.program, reward_ids=ids, actor=scene.kato, now=LATER
    )
    assert list(batch.lines.values_list("reward_id", flat=True)) == [
        theirs.pk
    ]  # nobody is there to be paid
    with pytest.raises(payouts.NothingToPay):
        payouts.reserve_batch(
            program=scene.program, reward_ids=[mine.pk], actor=scene.kato, now=LATER
        )
    approvals.reverse_reward(reward_id=mine.pk, actor=scene.kato, now=LATER, reason="退会・消去")
    assert violations() == {}


def test_13_threads_that_accrue_during_erasure_leave_the_sums(shared: Scene) -> None:
    reward_goes_to_the_person(shared)
    for number in range(6):
        shared.claim(shared.aki, f"c{number}.example", f"i{number}")
    shared.sell("c0.example", "c0")
    acts = [lambda n=n: shared.sell(f"c{n}.example", f"c{n}") for n in range(1, 6)]
    ended = at_once(
        *acts,
        lambda: erase_user(user=shared.aki, now=NOW),
        lambda: tell("refund", "r0", invoice="INV-c0.example", amount=500_000),
    )
    assert not [row for row in ended if isinstance(row, Exception)]
    assert not LedgerAccount.objects.filter(holder=f"user:{shared.aki.pk}").exists()
    assert not Reward.objects.filter(holder=f"user:{shared.aki.pk}").exists()
    assert sum(totals().values()) == 0
    assert totals()["member_pending"] == sum(reward.net for reward in Reward.objects.all())
    assert violations() == {}


@pytest.mark.parametrize("is_late", [False, True])
def test_9_a_refunded_sale_credited_late_fits_a_full_year(scene: Scene, is_late: bool) -> None:
    """The year holds 30,000: 20,000 · what a refund left of the next 10,000 · the rest.

    In either order.
    """
    Program.objects.filter(pk=scene.program.pk).update(year_cap=30_000)
    RewardRule.objects.filter(side="referrer").update(amount=20_000)
    for number, domain in enumerate(("first.example", "second.example", "third.example")):
        if domain != "second.example" or not is_late:
            scene.claim(scene.aki, domain, f"i-{domain}", minutes=number)
    if is_late:
        scene.claim(scene.daniel, "second.example", "i-daniel", minutes=5)
    for number, domain in enumerate(("first.example", "second.example", "third.example")):
        at = (NOW + timedelta(hours=number)).isoformat()
        tell(
            "conversion",
            f"c-{domain}",
            domain=domain,
            invoice=domain,
            amount=1_000,
            currency="JPY",
            occurred_at=at,
        )
    tell("refund", "r", invoice="second.example", amount=900)
    if is_late:
        scene.claim(scene.aki, "second.example", "i-second.example", minutes=1)
    nets = {
        reward.referral.organization.email_domains.get().domain: reward.net
        for reward in Reward.objects.filter(side="referrer", referral__referrer=scene.aki)
        if reward.referral.organization is not None
    }
    assert nets == {"first.example": 20_000, "second.example": 1_000, "third.example": 9_000}
    assert violations() == {}

"""Reward tiers, yearly limits and budgets: what a person's contracts are worth, in any order of
arrival.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from portal.accounts.services import create_organization, create_user
from referrals.models import Program, Reward, RewardRule, YearlyTotal
from referrals.services.links.links import link_for
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger_checks import check_ledger
from tests.people import NOW
from tests.referrals.made import make_program, tell

DAY = timedelta(days=1)
STEPS = [[1, 30_000], [3, 40_000], [5, 50_000]]


def steps(program: Program) -> None:
    RewardRule.objects.filter(program=program, side="referrer").update(amount=0, steps=STEPS)


def introduced(user: Any, program: Program, *names: str) -> None:
    code = link_for(user=user, program=program, now=NOW).code
    for name in names:
        at = (NOW - DAY).isoformat()
        tell(
            "introduction",
            f"i{name}",
            code=code,
            domain=f"{name}.example",
            claim="code",
            occurred_at=at,
            program=program.slug,
        )


def won(name: str, days: int, *, amount: int = 1_000_000) -> None:
    tell(
        "conversion",
        f"c{name}",
        domain=f"{name}.example",
        invoice=f"INV-{name}",
        amount=amount,
        currency="JPY",
        occurred_at=(NOW + days * DAY).isoformat(),
    )


def refunded(name: str, amount: int) -> None:
    tell("refund", f"r{name}", invoice=f"INV-{name}", reference=f"r{name}", amount=amount)


def worth() -> dict[str, int]:
    """The referrer's net rewards by company."""
    rows = Reward.objects.filter(side="referrer").select_related("referral__organization")
    return {
        row.referral.organization.name.partition(".")[0]: row.net
        for row in rows
        if row.referral.organization
    }


def ledger_checks_pass() -> None:
    assert {key: count for key, count in check_ledger().items() if count} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations("abc"))[::2])
def test_the_third_contract_is_worth_more_whichever_arrives_first(
    aki: Any, program: Program, order: tuple[str, ...]
) -> None:
    steps(program)
    introduced(aki, program, *order)
    for name in order:
        won(name, {"a": 1, "b": 2, "c": 3}[name])
    assert worth() == {"a": 30_000, "b": 30_000, "c": 40_000}
    ledger_checks_pass()


@pytest.mark.django_db
def test_a_refunded_contract_no_longer_counts_and_approved_money_stays(
    aki: Any, kato: Any, program: Program
) -> None:
    steps(program)
    introduced(aki, program, *"abcd")
    for day, name in enumerate("abc", start=1):
        won(name, day)
    reward = Reward.objects.get(side="referrer", rank=3)
    approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    won("d", 4)
    assert worth()["d"] == 40_000
    refunded("a", 1_000_000)
    assert worth() == {"a": 0, "b": 30_000, "c": 40_000, "d": 40_000}
    refunded("b", 1_000_000)
    assert worth() == {"a": 0, "b": 0, "c": 40_000, "d": 30_000}
    ledger_checks_pass()


@pytest.mark.django_db
def test_contracts_of_one_moment_count_for_each_other(aki: Any, program: Program) -> None:
    steps(program)
    introduced(aki, program, *"abc")
    won("a", 1)
    won("b", 2)
    won("c", 2)
    assert worth() == {"a": 30_000, "b": 40_000, "c": 40_000}


@pytest.mark.django_db
def test_the_hub_shows_the_progress_to_the_next_tier(as_: Any, aki: Any, program: Program) -> None:
    steps(program)
    introduced(aki, program, "a")
    won("a", 1)
    text = as_(aki).get(reverse("referrals:hub")).content.decode()
    assert "次の成約は¥30,000です。あと1件の成約で、その次から1件につき¥40,000になります。" in text
    english = as_(aki, **{"accept-language": "en"}).get(reverse("referrals:hub")).content.decode()
    assert "After 1 more, each brings ¥40,000." in english
    terms = as_(None).get(reverse("referrals:terms", args=[program.slug])).content.decode()
    assert "3件目から¥40,000" in terms


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_the_yearly_limit_goes_to_the_earliest_contracts(
    aki: Any, program: Program, order: str
) -> None:
    Program.objects.filter(pk=program.pk).update(year_cap=70_000, was_capped=True)
    introduced(aki, program, *"abc")
    for name in order:
        won(name, {"a": 1, "b": 2, "c": 3}[name])
    assert {name: net for name, net in worth().items() if net} == {
        "a": 30_000,
        "b": 30_000,
        "c": 10_000,
    }
    refunded("a", 500_000)
    assert worth() == {"a": 15_000, "b": 30_000, "c": 25_000}
    assert YearlyTotal.objects.get(user=aki).amount == 70_000
    ledger_checks_pass()


@pytest.mark.django_db
def test_another_year_has_its_own_limit(aki: Any, program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(year_cap=30_000, was_capped=True)
    introduced(aki, program, *"abc")
    won("a", 1)
    won("b", 60)
    won("c", 2)
    assert {name: net for name, net in worth().items() if net} == {"a": 30_000, "b": 30_000}
    won("a", 0)  # the same invoice again: nothing changes
    ledger_checks_pass()


@pytest.mark.django_db
def test_the_database_refuses_more_than_a_yearly_limit(aki: Any, program: Program) -> None:
    total = YearlyTotal.objects.create(program=program, user=aki, year=2026, amount=10, cap=10)
    with (
        pytest.raises(IntegrityError, match="the_yearly_cap_is_never_exceeded"),
        transaction.atomic(),
    ):
        YearlyTotal.objects.filter(pk=total.pk).update(amount=11)
    with (
        pytest.raises(IntegrityError, match="a_rule_is_fixed_a_share_or_steps"),
        transaction.atomic(),
    ):
        RewardRule.objects.filter(program=program).update(steps=STEPS)


# --- many writers ---


def at_once(acts: list[Callable[[], None]]) -> None:
    barrier, failed = Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            barrier.wait(timeout=30)
            act()
        except Exception as error:  # a failure in a thread is a failure of the test
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    [thread.start() for thread in threads]
    [thread.join(timeout=60) for thread in threads]
    assert failed == []


def person(name: str) -> Any:
    company = create_organization(name=name, now=NOW, domains=(f"{name}-co.example",))
    return create_user(
        email=f"x@{name}-co.example", display_name=name, organization=company, now=NOW
    )


def names(count: int) -> list[str]:
    return [f"w{number:02d}" for number in range(count)]


def test_sixteen_contracts_at_once_keep_the_year_and_the_steps(committed: None) -> None:
    program = make_program(year_cap=200_000, was_capped=True)
    steps(program)
    introduced(person("capped"), program, *names(16))
    at_once([lambda name=name, day=day: won(name, day + 1) for day, name in enumerate(names(16))])
    found = worth()
    expected = [30_000, 30_000, 40_000, 40_000, 50_000, 10_000]
    assert [found.get(name, 0) for name in names(6)] == expected
    assert sum(found.values()) == YearlyTotal.objects.get().amount == 200_000
    ledger_checks_pass()


def test_sixteen_contracts_of_sixteen_people_at_once_keep_the_budget(committed: None) -> None:
    program = make_program()
    RewardRule.objects.filter(program=program).update(budget=100_000)
    for name in names(16):
        introduced(person(f"p{name}"), program, name)
    at_once([lambda name=name: won(name, 1) for name in names(16)])
    assert Reward.objects.filter(side="referrer").count() == 3
    assert set(RewardRule.objects.values_list("granted_amount", flat=True)) == {90_000}
    ledger_checks_pass()

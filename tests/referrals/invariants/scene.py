"""Helpers for the tests of the sixteen invariants: a scene, many threads at once, and "the database
refuses it".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal.accounts.models import User
from referrals.models import PayoutBatch, Program, Reward
from referrals.services.links.links import link_for
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger_checks import check_ledger
from tests import people
from tests.referrals.made import make_program, tell

NOW = people.NOW
LATER = NOW + timedelta(days=31)


@dataclass
class Scene:
    """Customers who introduce, two administrators, one program."""

    aki: User
    mio: User
    daniel: User
    kato: User
    second: User
    program: Program

    def claim(self, user: User, domain: str, name: str, minutes: int = 0, **body: Any) -> Any:
        """Somebody introduces a company by the user's code."""
        link = link_for(user=user, program=self.program, now=NOW)
        at = (NOW + timedelta(minutes=minutes)).isoformat()
        return tell(
            "introduction",
            name,
            code=link.code,
            domain=domain,
            claim="code",
            occurred_at=at,
            **body,
        )

    def sell(self, domain: str, name: str, amount: int = 1_000_000) -> Any:
        return tell(
            "conversion",
            name,
            domain=domain,
            invoice=f"INV-{domain}",
            amount=amount,
            currency="JPY",
        )

    def won(self, domain: str = "aoba.example", user: User | None = None) -> list[Reward]:
        """Introduce and sell; returns the rewards, the referrer's first."""
        self.claim(user or self.aki, domain, f"i-{domain}")
        self.sell(domain, f"c-{domain}")
        return list(Reward.objects.filter(conversion__invoice=f"INV-{domain}").order_by("-side"))

    def available(self, domain: str = "aoba.example") -> list[Reward]:
        rewards = self.won(domain)
        for reward in rewards:
            approvals.approve_reward(reward_id=reward.pk, actor=self.kato, now=NOW)
        approvals.mature_due(now=LATER)
        return rewards

    def batch(self, domain: str = "aoba.example") -> PayoutBatch:
        ids = [reward.pk for reward in self.available(domain)]
        return payouts.reserve_batch(
            program=self.program, reward_ids=ids, actor=self.kato, now=LATER
        )


def make_scene(**program: Any) -> Scene:
    companies = people.make_companies()
    aki, mio, daniel, kato, second = (
        people.make_person(name, companies) for name in ("aki", "mio", "daniel", "kato", "sato")
    )
    User.objects.filter(pk=second.pk).update(is_administrator=True)
    return Scene(aki, mio, daniel, kato, second, make_program(**program))


def check_now() -> None:
    """Let the deferred triggers look now, as they do when a transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(by: str) -> Iterator[None]:
    """What happens inside must be refused by this constraint or trigger when it commits."""
    check_now()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():  # noqa: PT012  now, or when it commits
        yield
        check_now()
    name = getattr(getattr(caught.value.__cause__, "diag", None), "constraint_name", None) or ""
    assert by in (name or str(caught.value)), f"{name}: {caught.value}"


def sql(statement: str, *values: Any) -> None:
    """Write around every service and model."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run every act in a thread of its own, begun together; return what each gave or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def work(number: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def violations() -> dict[str, int]:
    """Return the invariants that do not hold."""
    return {name: count for name, count in check_ledger().items() if count}

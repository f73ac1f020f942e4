"""Database constraints of the ledger, whatever the code asks of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from referrals.models import LedgerAccount, LedgerEntry, LedgerTransaction
from referrals.services.rewards.ledger import Leg, balances, post
from tests.people import NOW

pytestmark = pytest.mark.django_db


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def accrue(idem: str = "a", amount: int = 100) -> int | None:
    legs = [Leg("program_expense", "program:1", -amount), Leg("member_pending", "user:1", amount)]
    return post(idem=idem, kind="accrue", currency="JPY", legs=legs, now=NOW)


def test_a_movement_happens_once_per_key() -> None:
    assert accrue() is not None
    assert accrue() is None
    check_now()
    assert balances("user:1", "JPY") == {"member_pending": 100}


def test_legs_that_do_not_balance_are_refused_by_the_service_and_by_the_database() -> None:
    with pytest.raises(ValueError, match="zero"):
        post(
            idem="b",
            kind="accrue",
            currency="JPY",
            legs=[Leg("member_pending", "user:1", 5)],
            now=NOW,
        )
    account = LedgerAccount.objects.create(kind="member_pending", holder="user:1", currency="JPY")
    tx = LedgerTransaction.objects.create(idem="c", kind="accrue", at=NOW)
    LedgerEntry.objects.create(transaction=tx, account=account, currency="JPY", amount=5)
    with pytest.raises(IntegrityError, match="sum to zero"):
        check_now()


def test_nothing_goes_below_zero() -> None:
    legs = [Leg("member_available", "user:1", -5), Leg("payout_clearing", "user:1", 5)]
    post(idem="d", kind="reserve", currency="JPY", legs=legs, now=NOW)
    with pytest.raises(IntegrityError, match="below zero"):
        check_now()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE referrals_ledgerentry SET amount = 1",
        "DELETE FROM referrals_ledgerentry",
        "UPDATE referrals_ledgertransaction SET kind = 'x'",
        "DELETE FROM referrals_ledgertransaction",
        "TRUNCATE referrals_ledgerentry CASCADE",
    ],
)
def test_what_is_written_stays(statement: str) -> None:
    accrue()
    check_now()
    with (
        pytest.raises((IntegrityError, InternalError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

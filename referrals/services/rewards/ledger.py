"""Posting to the double-entry ledger. The only module that writes entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q, Sum

from referrals.models import LedgerAccount, Reward

Kind = LedgerAccount.Kind
FULFILLED = {
    "credit": Kind.FULFILLED_CREDIT,
    "gift": Kind.FULFILLED_GIFT,
    "cash": Kind.FULFILLED_CASH,
}


@dataclass(frozen=True)
class Leg:
    """One side of a movement: positive raises what the holder has, negative lowers it."""

    kind: str
    holder: str
    amount: int


def holder_for(beneficiary: str, *, user_id: int | None, organization_id: int | None) -> str:
    """Return whose account a new reward belongs to.

    Later the reward itself says it: an erased person has a pseudonym.
    """
    if beneficiary == Reward.Beneficiary.DONATION:
        return f"donation:{user_id}"
    if beneficiary == Reward.Beneficiary.PERSON:
        return f"user:{user_id}"
    return f"organization:{organization_id}"


def post(
    *,
    idem: str,
    kind: str,
    currency: str,
    legs: Sequence[Leg],
    now: datetime,
    reward_id: int | None = None,
    actor_id: int | None = None,
    reverses_id: int | None = None,
    reason: str = "",
) -> int | None:
    """Post one balanced transaction and return its id, or None when `idem` was posted before.

    Legs of zero are dropped. Raises ValueError when the rest does not sum to zero; the database
    checks it again.
    """
    kept = [leg for leg in legs if leg.amount]
    if sum(leg.amount for leg in kept):
        raise ValueError(f"{idem} does not sum to zero")
    if not kept:
        return None
    accounts = account_ids([(leg.kind, leg.holder, currency) for leg in kept])
    values = ", ".join(["(%s::bigint, %s::bigint)"] * len(kept))
    legs_sql = [
        item for leg in kept for item in (accounts[(leg.kind, leg.holder, currency)], leg.amount)
    ]
    # one statement: only a repeat of `idem` may pass in silence, whatever else is wrong is an error
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH tx AS (
                INSERT INTO referrals_ledgertransaction (idem, kind, reward_id, reverses_id,
                    actor_id, reason, at)
                VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (idem) DO NOTHING RETURNING id
            ), legs (account_id, amount) AS (VALUES {values})
            INSERT INTO referrals_ledgerentry (transaction_id, account_id, currency, amount)
            SELECT tx.id, legs.account_id, %s, legs.amount FROM tx, legs RETURNING transaction_id
            """,  # noqa: S608  our own names; what people typed is a parameter
            [idem, kind, reward_id, reverses_id, actor_id, reason[:200], now, *legs_sql, currency],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def account_ids(wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
    """Return the accounts' ids by (kind, holder, currency), making those that do not exist."""
    found = _find(wanted)
    missing = [key for key in dict.fromkeys(wanted) if key not in found]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(kind=kind, holder=holder, currency=currency)
                for kind, holder, currency in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        found = _find(wanted)
    return found


def _find(wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
    any_of = reduce(
        or_,
        (Q(kind=kind, holder=holder, currency=currency) for kind, holder, currency in wanted),
    )
    rows = LedgerAccount.objects.filter(any_of).values_list("kind", "holder", "currency", "pk")
    return {(kind, holder, currency): pk for kind, holder, currency, pk in rows}


def lock_holder(holder: str, currency: str) -> dict[str, int]:
    """Lock a holder's accounts and return their balances by kind.

    Anything spent is spent under this lock.
    """
    keys = [(kind, holder, currency) for kind in (Kind.MEMBER_AVAILABLE, Kind.CLAWBACK_RECEIVABLE)]
    ids = account_ids(keys)
    list(LedgerAccount.objects.select_for_update().filter(pk__in=ids.values()).order_by("pk"))
    return balances(holder, currency)


def balances(holder: str, currency: str) -> dict[str, int]:
    """Return a holder's balances by account kind, summed from the entries."""
    accounts = LedgerAccount.objects.filter(holder=holder, currency=currency).values("kind")
    sums = accounts.annotate(n=Sum("entries__amount", default=0)).values_list("kind", "n")
    return {kind: int(amount) for kind, amount in sums}


def move(
    reward: Reward,
    *,
    kind: str,
    legs: Sequence[Leg],
    now: datetime,
    actor_id: int | None,
    reason: str,
) -> None:
    """Post a reward's movement once per version of the reward: the version is the idempotency
    key.
    """
    posted = post(
        idem=f"reward:{reward.pk}:{reward.version}:{kind}",
        kind=kind,
        currency=reward.currency,
        legs=legs,
        now=now,
        reward_id=reward.pk,
        actor_id=actor_id,
        reason=reason,
    )
    if posted is None and any(leg.amount for leg in legs):
        raise RuntimeError(f"reward {reward.pk} version {reward.version} was posted before")


def between(reward: Reward, giver: str, taker: str, amount: int) -> list[Leg]:
    """Return the legs that move `amount` from one kind of account to another; expense belongs to
    the program.
    """

    def leg(kind: str, signed: int) -> Leg:
        holder = f"program:{reward.program_id}" if kind == Kind.PROGRAM_EXPENSE else reward.holder
        return Leg(kind, holder, signed)

    return [leg(giver, -amount), leg(taker, amount)]

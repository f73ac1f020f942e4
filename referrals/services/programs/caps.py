"""Reserving from budgets and yearly caps: one atomic statement each, so that concurrent writers
cannot exceed them.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest

from referrals.models import Program, RewardRule, YearlyTotal


def take_budget(rule_id: int, amount: int, has_budget: bool) -> bool:
    """Take from (or, negative, give back to) a rule's budget; False when it is used up."""
    if not has_budget:
        return True
    rows = RewardRule.objects.filter(pk=rule_id)
    if amount > 0:
        rows = rows.filter(granted_amount__lte=F("budget") - amount)
    return bool(rows.update(granted_amount=F("granted_amount") + amount))


def take_year(program: Program, user_id: int, year: int | None, amount: int) -> bool:
    """Reserve (or give back) part of a person's yearly cap; False when it is used up.

    The cap is read from the row that stores it, under a lock that a change of the settings waits
    for.
    """
    if year is None or amount == 0:
        return True
    # one statement: the ORM has no conditional ON CONFLICT DO UPDATE, and a look before would race
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO referrals_yearlytotal AS t (program_id, user_id, year, amount, cap)
            SELECT p.id, %(user)s, %(year)s, GREATEST(%(amount)s, 0), p.year_cap FROM
                referrals_program p
            WHERE p.id = %(program)s AND (p.year_cap IS NULL OR %(amount)s <= p.year_cap) FOR SHARE
            ON CONFLICT (program_id, user_id, year) DO UPDATE SET amount = t.amount + %(amount)s
            WHERE %(amount)s < 0 OR t.cap IS NULL OR t.amount + %(amount)s <= t.cap
            RETURNING t.id""",
            {"program": program.pk, "user": user_id, "year": year, "amount": amount},
        )
        return cursor.fetchone() is not None


def set_year_cap(program: Program) -> None:
    """Apply a program's yearly cap to its totals.

    Whoever has earned more keeps it: their cap is what they have.
    """
    cap = program.year_cap
    YearlyTotal.objects.filter(program=program).update(
        cap=None if cap is None else Greatest(Value(cap), F("amount"))
    )

"""The global lock order: domain, then companies (by id), then the invoice or the person, then
rewards and accounts.

A batch of payments comes before its companies, a delivery before its batch.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from referrals.models import ReferredOrganization


def lock_key(key: str) -> None:
    """Hold a named lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7203))", [key])


def lock_referred(program_id: int, organization_id: int) -> ReferredOrganization:
    """Return the row of a company in a program, made when missing, locked until the transaction
    ends.
    """
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(
                """SELECT id, created_at FROM referrals_referredorganization
                WHERE program_id = %s AND organization_id = %s FOR UPDATE""",
                [program_id, organization_id],
            )
            row = cursor.fetchone()
            if row:
                break
            cursor.execute(
                """
                INSERT INTO referrals_referredorganization
                (program_id, organization_id, created_at)
                VALUES (%s, %s, now()) ON CONFLICT DO NOTHING""",
                [program_id, organization_id],
            )
        else:
            cursor.execute(
                """SELECT id, created_at FROM referrals_referredorganization
                WHERE program_id = %s AND organization_id = %s FOR UPDATE""",
                [program_id, organization_id],
            )
            row = cursor.fetchone()
    return ReferredOrganization(
        id=row[0], program_id=program_id, organization_id=organization_id, created_at=row[1]
    )


def lock_companies(reward_ids: Iterable[int]) -> None:
    """Lock the companies of several rewards at once, in one order: nobody who holds one of them
    waits for another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id FROM referrals_referredorganization c
            WHERE (c.program_id, c.organization_id) IN (
                SELECT i.program_id, i.organization_id FROM referrals_reward r
                JOIN referrals_referral i ON i.id = r.referral_id WHERE r.id = ANY(%s)
            ) ORDER BY c.id FOR UPDATE""",
            [list(reward_ids)],
        )


def lock_rewards(reward_ids: Iterable[int]) -> None:
    """Lock several rewards at once and in one order, after their companies and before any
    account.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM referrals_reward WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [list(reward_ids)],
        )


def lock_introductions(user_id: int) -> None:
    """Lock the companies a person introduced, or was introduced from, at once and in one order.

    Whoever moves several of a person's introductions takes these locks first: a sale holds its
    company and then waits for the person.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id FROM referrals_referredorganization c
            WHERE (c.program_id, c.organization_id) IN (
                SELECT program_id, organization_id FROM referrals_referral WHERE referrer_id = %s OR
                    referee_id = %s
            ) ORDER BY c.id FOR UPDATE""",
            [user_id, user_id],
        )

"""The one order of locks: domain, then the referred organization's row, then the invoice, then rewards and accounts."""

from __future__ import annotations

from django.db import connection

from referrals.models import ReferredOrganization


def lock_key(key: str) -> None:
    """Hold a named lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7203))", [key])


def lock_referred(program_id: int, organization_id: int) -> ReferredOrganization:
    """Return the row of a company in a program, made when missing, locked until the transaction ends."""
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
                """INSERT INTO referrals_referredorganization (program_id, organization_id, created_at)
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
    return ReferredOrganization(id=row[0], program_id=program_id, organization_id=organization_id, created_at=row[1])

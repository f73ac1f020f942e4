"""Forgetting what other systems sent: contents go after 90 days or when a person is erased; ids and results stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from portal.accounts.models import User
from referrals.models import DealRow, InboundMessage

KEPT: Final = timedelta(days=90)
S = InboundMessage.State


def forget_contents(*, now: datetime) -> int:
    """Empty messages and imported rows that are older than 90 days; return how many."""
    old = InboundMessage.objects.filter(received_at__lt=now - KEPT).exclude(body=b"")
    emptied = old.exclude(state__in=(S.RECEIVED, S.FAILED)).update(body=b"", headers={})
    rows = DealRow.objects.filter(batch__created_at__lt=now - KEPT).exclude(cells=[])
    return emptied + rows.update(cells=[])


def erase_person(user: User, now: datetime) -> None:
    """Empty every message and imported row that has a person's mail address in it."""
    if not user.email or "@" not in user.email:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referrals_inboundmessage SET body = '', headers = '{}' "
            "WHERE position(convert_to(%s, 'UTF8') in body) > 0",
            [user.email],
        )
        cursor.execute(
            "UPDATE referrals_dealrow SET cells = '[]' WHERE position(lower(%s) in lower(cells::text)) > 0",
            [user.email],
        )

"""Daily and weekly digest mails: at eight in the morning in the reader's time zone, on Mondays for
the week.

No news, no mail.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from portal.accounts.models import User
from portal.notifications import outbox
from portal.notifications.models import Frequency, Notification

HOUR = 8
MOST = 30


def due_key(frequency: str, zone: str, now: datetime) -> str | None:
    """Return the key of the digest that is due at `now` in `zone` ("digest:daily:2026-11-20"), or
    None. Pure.
    """
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = now
    if local.hour < HOUR:
        return None
    if frequency == Frequency.DAILY:
        return f"digest:daily:{local.date().isoformat()}"
    year, week, day = local.isocalendar()
    return f"digest:weekly:{year}-W{week:02}" if day == 1 else None


def put_due_digests(*, now: datetime) -> int:
    """Put the digests that are due into the outbox; returns how many.

    Running it twice puts nothing twice.
    """
    done = 0
    for frequency in (Frequency.DAILY, Frequency.WEEKLY):
        waiting = (
            Notification.objects.filter(digest=frequency)
            .order_by()
            .values_list("user_id", flat=True)
            .distinct()
        )
        for user in User.objects.filter(pk__in=list(waiting)).iterator(chunk_size=500):
            key = due_key(frequency, user.time_zone, now)
            if key is not None:
                done += put_digest(user=user, frequency=frequency, key=key, now=now)
    return done


@transaction.atomic
def put_digest(*, user: User, frequency: str, key: str, now: datetime) -> bool:
    """Put one person's digest into the outbox and take its entries off the waiting list, in one
    transaction.
    """
    rows = list(
        Notification.objects.select_for_update(skip_locked=True)
        .filter(user=user, digest=frequency, created_at__lte=now)
        .order_by("-pk")
        .values_list("pk", "read_at")
    )
    Notification.objects.filter(pk__in=[pk for pk, _ in rows]).update(digest="")
    ids = [pk for pk, read_at in rows if read_at is None][:MOST]
    if not ids or not user.is_active:
        return False
    body = {"mail": "digest", "frequency": frequency, "ids": ids}
    outbox.put(user_id=user.pk, key=key, body=body, now=now)
    return True

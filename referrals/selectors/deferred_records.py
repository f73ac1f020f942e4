"""Inbound records that wait for something that has not arrived."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, QuerySet

from referrals.models import Fact

PARKED_TOO_LONG: Final = timedelta(hours=24)


def waiting_too_long(now: datetime) -> QuerySet[Fact]:
    """Return facts that have waited longer than a day for something that should have come."""
    return Fact.objects.filter(
        state=Fact.State.PARKED, is_quiet=False, received_at__lte=now - PARKED_TOO_LONG
    )


def quiet_counts() -> dict[str, Any]:
    """Return how many sales and stages of companies nobody introduced wait quietly, by system."""
    rows = (
        Fact.objects.filter(state=Fact.State.PARKED, is_quiet=True)
        .values("source")
        .annotate(n=Count("id"))
    )
    return {row["source"]: row["n"] for row in rows.order_by("source")}

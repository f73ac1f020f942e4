"""Queries of destinations and their delivery log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from portal.delivery.models import Attempt, Delivery, Destination


def destinations() -> QuerySet[Destination]:
    """Return the destinations in use, each with how much waits and how much is dead."""
    state = Delivery.State
    return (
        Destination.objects.filter(deleted_at=None)
        .annotate(
            waiting_count=Count("deliveries", filter=Q(deliveries__state=state.WAITING)),
            dead_count=Count("deliveries", filter=Q(deliveries__state=state.DEAD)),
        )
        .order_by("name", "pk")
    )


def overview(now: datetime) -> dict[str, Any]:
    """Return the figures of the outbox: what waits and since when, what is dead, how many calls of
    the last day failed.
    """
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    day = Attempt.objects.filter(at__gte=now - timedelta(days=1))
    return {
        "waiting": waiting.count(),
        "oldest": waiting.filter(next_at__lte=now).aggregate(oldest=Min("created_at"))["oldest"],
        "dead": Delivery.objects.filter(state=Delivery.State.DEAD).count(),
        "calls": day.count(),
        "failed": day.exclude(status__gte=200, status__lt=300).count(),
    }

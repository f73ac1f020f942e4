"""Participation queries: current values, top members, how many people of a company take part."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from portal.accounts.models import Organization, User
from portal.engagement.decay import Breadth, breadth, value_at
from portal.engagement.models import Participation, PointEntry


def current_value(user: User, now: datetime) -> float:
    """Return a person's participation now, in points; 0 for somebody who never took part."""
    score = Participation.objects.filter(user=user).values_list("score", flat=True).first()
    return value_at(score, now) if score else 0.0


def current_company_value(organization: Organization, now: datetime) -> float:
    """Return a company's participation now, in points."""
    score = (
        Participation.objects.filter(organization=organization)
        .values_list("score", flat=True)
        .first()
    )
    return value_at(score, now) if score else 0.0


def top_of_company(organization: Organization, limit: int = 5) -> QuerySet[Participation]:
    """Return the present members of a company who take part most."""
    rows = Participation.objects.filter(
        score__gt=0, user__memberships__organization=organization, user__memberships__ended_at=None
    )
    return rows.select_related("user").order_by("-score", "pk")[:limit]


def company_breadth(organization: Organization, now: datetime) -> Breadth:
    """Return depth, breadth and spread over a company's present members."""
    scores = Participation.objects.filter(
        user__memberships__organization=organization, user__memberships__ended_at=None
    ).values_list("score", flat=True)
    return breadth([value_at(score, now) for score in scores])


def active_people(organization: Organization, now: datetime, *, days: int = 90) -> int:
    """Return how many people of a company did something that counts in the last `days`."""
    rows = PointEntry.objects.filter(
        organization=organization,
        holds=True,
        user__isnull=False,
        at__gt=now - timedelta(days=days),
        at__lte=now,
    )
    return rows.values("user").distinct().count()


def recent_entries(user: User, now: datetime, *, days: int = 90) -> QuerySet[PointEntry]:
    """Return what counted for a person lately, newest first: the reasons behind the number."""
    return PointEntry.objects.filter(
        user=user, counted=True, at__gt=now - timedelta(days=days), at__lte=now
    ).order_by("-at", "-pk")

"""Adds events to participation scores.

Weights are in registry.py, decay in decay.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, Sum, Value
from django.db.models.functions import Greatest

from portal.accounts.models import Membership, User
from portal.core.calendar.calendars import site_calendar
from portal.core.db.inserts import insert_once
from portal.core.db.locks import lock_number
from portal.core.time import week_around
from portal.engagement.decay import Entry, chosen, contribution
from portal.engagement.models import Participation, PointEntry
from portal.engagement.registry import Weight, weights_for
from portal.events.models import Event

LOCK = 7_203_200  # namespace of the advisory locks, one per person


def count_event(event: Event) -> None:
    """Let one fact count for everybody it counts for. Counting it again changes nothing."""
    for rule in weights_for(event.name):
        user_id = _person(event, rule.subject)
        if user_id is not None:
            count_for_person(event=event, rule=rule, user_id=user_id)


def _person(event: Event, key: str) -> int | None:
    found = event.actor_id if key == "actor" else event.payload.get(key)
    return found if isinstance(found, int) else None


@transaction.atomic(savepoint=False)
def count_for_person(*, event: Event, rule: Weight, user_id: int) -> None:
    """Add the entry and move the scores by the difference it makes under the caps."""
    company = _customer_company(user_id)
    if company is None:
        return
    partner = _person(event, rule.counterpart) if rule.counterpart else None
    if partner is not None and not _lifts(user_id, company, partner):
        return
    lock_number(LOCK, user_id)  # whoever counts for the same person queues up here
    entry = PointEntry(
        event_id=event.pk,
        user_id=user_id,
        organization_id=company or None,
        event_name=event.name,
        counterpart_id=partner,
        weight=rule.weight,
        at=event.occurred_at,
    )
    if insert_once(entry):
        _settle(rule, user_id, event.occurred_at)


def _lifts(user_id: int, company: int, partner: int) -> bool:
    """Say whether the other person's act may count for this one: another customer, of another
    company.
    """
    other = _customer_company(partner)
    return partner != user_id and other is not None and (company == 0 or other != company)


def _settle(rule: Weight, user_id: int, moment: datetime) -> None:
    """Choose again which entries of this person, kind and week count, and move the scores by what
    changed.
    """
    site = site_calendar()
    start, end = week_around(moment, site)
    rows = list(
        PointEntry.objects.filter(
            user_id=user_id, event_name=rule.event_name, at__gte=start, at__lt=end
        )
    )
    kept = chosen(
        (Entry(row.event_id, row.at, row.counterpart_id) for row in rows),
        per_day=rule.per_day_cap,
        per_counterpart_week=rule.per_counterpart_week,
        place=site,
    )
    changed = [row for row in rows if row.counted != (row.event_id in kept)]
    for row in changed:
        row.counted = not row.counted
        _move(row, contribution(row.weight, row.at) * (1 if row.counted else -1))


def _move(row: PointEntry, amount: float) -> None:
    """Note whether an entry counts, and add to the scores of the person and their company."""
    PointEntry.objects.filter(pk=row.pk).update(counted=row.counted)
    if row.organization_id is not None:
        _add(amount, row.at, organization_id=row.organization_id)
    _add(amount, row.at, user_id=row.user_id)


def _add(amount: float, at: datetime, **owner: int) -> None:
    """Add to one score, making its row where it is missing."""
    row = Participation.objects.filter(**owner)
    added = {"score": F("score") + amount, "last_at": Greatest("last_at", Value(at))}
    if row.update(**added):
        return
    if not insert_once(Participation(score=amount, last_at=at, **owner)):
        row.update(**added)  # another transaction made it in the meantime


def _customer_company(user_id: int) -> int | None:
    """Return the id of the company a person belongs to, 0 for a customer without one, None for the
    host's own staff.
    """
    membership = (
        Membership.objects.filter(user_id=user_id, ended_at=None)
        .values_list("organization_id", "organization__is_own")
        .first()
    )
    if membership is not None:
        company, is_own = membership
        return None if is_own else company
    without_company = User.objects.filter(pk=user_id).exclude(
        Q(is_administrator=True) | Q(is_moderator=True) | Q(team_memberships__isnull=False)
    )
    return 0 if without_company.exists() else None


def export(user: User) -> Iterable[dict[str, Any]]:
    """Return what counted for a person."""
    for row in PointEntry.objects.filter(user=user).order_by("at"):
        yield {"event": row.event_name, "at": row.at, "weight": row.weight, "counted": row.counted}


def erase(user: User, now: datetime) -> None:
    """Delete an erased person's scores; their company's stay, as they name nobody."""
    PointEntry.objects.filter(user=user).delete()
    PointEntry.objects.filter(counterpart_id=user.pk).update(counterpart_id=None)
    Participation.objects.filter(user=user).delete()


def recount(user_id: int) -> float:
    """Return a person's score recomputed from their entries: what the stored one must equal."""
    rows = PointEntry.objects.filter(user_id=user_id, counted=True)
    return sum(contribution(row.weight, row.at) for row in rows)


def totals(user_id: int) -> dict[str, Any]:
    """Return how much counted and when it last did."""
    return PointEntry.objects.filter(user_id=user_id, counted=True).aggregate(
        weight=Sum("weight"), last=Max("at")
    )

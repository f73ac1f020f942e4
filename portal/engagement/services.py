"""Adds events to participation scores.

Weights are in registry.py, decay in decay.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Sum

from portal.accounts.models import User
from portal.core.calendars import site_calendar
from portal.core.db.compiled_queries import CompiledQuery
from portal.core.db.inserts import insert_once
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
    with connection.cursor() as cursor:  # whoever counts for the same person queues up here
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, user_id % 2_000_000_000])
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


_of_a_week: CompiledQuery[PointEntry] = CompiledQuery(
    lambda event_name, values: PointEntry.objects.filter(
        user_id=values.number("user"),
        event_name=event_name,
        at__gte=values.moment("start"),
        at__lt=values.moment("end"),
    )
)


def _settle(rule: Weight, user_id: int, moment: datetime) -> None:
    """Choose again which entries of this person, kind and week count, and move the scores by what
    changed.
    """
    site = site_calendar()
    start, end = week_around(moment, site)
    rows = _of_a_week.rows(rule.event_name, user=user_id, start=start, end=end)
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
    """Note whether an entry counts, and add to the scores of person and company, making their rows
    where missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH entry AS (UPDATE engagement_pointentry SET counted = %(counted)s WHERE id = "  # noqa: S608  our own names; what people typed is a parameter
            "%(entry)s), "
            f"company AS ({_ADD.format(column='organization_id', number='%(company)s')}) "
            f"{_ADD.format(column='user_id', number='%(user)s')}",
            {
                "counted": row.counted,
                "entry": row.pk,
                "company": row.organization_id,
                "user": row.user_id,
                "amount": amount,
                "at": row.at,
            },
        )


_ADD = (
    "INSERT INTO engagement_participation ({column}, score, last_at) "
    "SELECT {number}::bigint, %(amount)s, %(at)s WHERE {number}::bigint IS NOT NULL "
    "ON CONFLICT ({column}) DO UPDATE SET score = engagement_participation.score + excluded.score, "
    "last_at = greatest(engagement_participation.last_at, excluded.last_at)"
)


def _customer_company(user_id: int) -> int | None:
    """Return the id of the company a person belongs to, 0 for a customer without one, None for the
    host's own staff.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.organization_id, o.is_own, u.is_administrator OR u.is_moderator "
            "OR EXISTS (SELECT FROM accounts_teammembership t WHERE t.user_id = u.id) "
            "FROM accounts_user u LEFT JOIN accounts_membership m ON m.user_id = u.id AND "
            "m.ended_at IS NULL "
            "LEFT JOIN accounts_organization o ON o.id = m.organization_id WHERE u.id = %s",
            [user_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    company, own, is_staff = row
    if company is not None:
        return None if own else int(company)
    return None if is_staff else 0


def take_back(events: Iterable[int]) -> None:
    """Let events that are no more count for nobody, as if they had never been."""
    touched: dict[tuple[int, str, datetime], PointEntry] = {}
    for entry in PointEntry.objects.filter(event_id__in=list(events)).order_by("pk"):
        if entry.counted:
            entry.counted = False
            _move(entry, -contribution(entry.weight, entry.at))
        week, _end = week_around(entry.at, site_calendar())
        touched[entry.user_id, entry.event_name, week] = entry
        entry.delete()
    rules = {name: {rule.subject: rule for rule in weights_for(name)} for _, name, _ in touched}
    for (user_id, name, _week), entry in touched.items():
        for rule in rules[name].values():
            _settle(rule, user_id, entry.at)
    counted = PointEntry.objects.filter(counted=True)
    for holder in ("user", "organization"):
        ids = {getattr(entry, f"{holder}_id") for entry in touched.values()} - {None}
        kept = set(counted.filter(**{f"{holder}__in": ids}).values_list(f"{holder}_id", flat=True))
        Participation.objects.filter(**{f"{holder}__in": ids - kept}).delete()


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

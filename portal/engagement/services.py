"""Adds events to participation scores.

Weights are in registry.py, decay in decay.py.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest

from portal.accounts.models import Membership, User
from portal.core.calendar.calendars import site_calendar
from portal.core.db.inserts import insert_once
from portal.core.db.locks import lock_number
from portal.core.time import week_around
from portal.engagement.decay import Entry, chosen, contribution
from portal.engagement.models import Participation, PointEntry
from portal.engagement.registry import Weight, weights_for
from portal.events import standing
from portal.events.models import Event

LOCK = 7_203_200  # namespace of the advisory locks, one per person


def count_event(event: Event) -> None:
    """Let one fact count for everybody it counts for, and look again at what it may have taken
    back. Counting it again changes nothing.
    """
    for rule in weights_for(event.name):
        user_id = _person(event, rule.subject)
        if user_id is not None:
            count_for_person(event=event, rule=rule, user_id=user_id)
    if touched := standing.touched_by(event):
        look_again(touched)


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
        item=standing.item_of(event),
    )
    if insert_once(entry):
        if entry.item:
            _note_what_holds(PointEntry.objects.filter(item=entry.item, user_id=user_id))
        _settle(rule, user_id, event.occurred_at)


@transaction.atomic(savepoint=False)
def look_again(items: set[str]) -> int:
    """Let the entries that rest on these items count, or not, as the items stand now; return how
    many changed.
    """
    entries = PointEntry.objects.filter(item__in=items)
    people = entries.filter(user__isnull=False).values_list("user_id", flat=True)
    for user_id in sorted({pk for pk in people if pk is not None}):
        lock_number(LOCK, user_id)
    return _note_what_holds(entries)


def _note_what_holds(entries: QuerySet[PointEntry]) -> int:
    """Note of each entry whether it holds, and choose again where that changed. Needs the locks."""
    groups: dict[tuple[int | None, str], list[PointEntry]] = defaultdict(list)
    for row in entries:
        groups[row.user_id, row.event_name].append(row)
    changed = 0
    for (user_id, name), rows in sorted(groups.items(), key=str):
        keep = standing.holding((row.pk, row.event_id, row.item) for row in rows)
        for row in rows:
            if row.holds == (row.pk in keep):
                continue
            row.holds = not row.holds
            row.save(update_fields=["holds"])
            changed += 1
            _choose_again(row, name, user_id)
    return changed


def _choose_again(row: PointEntry, name: str, user_id: int | None) -> None:
    rules = weights_for(name)
    if user_id is None:  # of an erased person: no caps to share any more
        row.counted = row.holds
        row.save(update_fields=["counted"])
        _restate(None, row.organization_id)
    elif rules:
        _settle(rules[0], user_id, row.at)


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
        (Entry(row.event_id, row.at, row.counterpart_id) for row in rows if row.holds),
        per_day=rule.per_day_cap,
        per_counterpart_week=rule.per_counterpart_week,
        place=site,
    )
    changed = [row for row in rows if row.counted != (row.event_id in kept)]
    for row in changed:
        row.counted = not row.counted
        row.save(update_fields=["counted"])
        if row.counted:
            amount = contribution(row.weight, row.at)
            if row.organization_id is not None:
                _add(amount, row.at, organization_id=row.organization_id)
            _add(amount, row.at, user_id=user_id)
    companies = {row.organization_id for row in changed if not row.counted}
    for company in sorted(companies, key=lambda pk: pk or 0):
        _restate(user_id, company)


def _restate(user_id: int | None, company: int | None) -> None:
    """Add the scores of person and company up from their entries: something no longer counts."""
    for which, number in (("user", user_id), ("organization", company)):
        if number is None:
            continue
        row = Participation.objects.select_for_update().filter(**{which: number}).first()
        if row is not None:  # whoever else adds to it waits for us, and we have waited for them
            row.score, row.last_at = added_up(PointEntry.objects.filter(**{which: number}))
            row.save(update_fields=["score", "last_at"])


def added_up(entries: QuerySet[PointEntry]) -> tuple[float, datetime | None]:
    """Return the score of entries and when something last counted: what is stored must equal it."""
    rows = list(entries.filter(counted=True).values_list("weight", "at"))
    score = math.fsum(contribution(weight, at) for weight, at in rows)
    return score, max((at for _, at in rows), default=None)


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


def take_back(events: Iterable[int]) -> None:
    """Let events that are no more count for nobody, as if they had never been."""
    mine = PointEntry.objects.filter(event_id__in=list(events))
    rows = list(mine.order_by("pk"))
    mine.delete()
    for row in rows:
        for rule in weights_for(row.event_name):
            if row.user_id is not None:
                _settle(rule, row.user_id, row.at)
    for user_id, company in {(row.user_id, row.organization_id) for row in rows}:
        _restate(user_id, company)
    counted = PointEntry.objects.filter(counted=True)
    for holder in ("user", "organization"):
        ids = {getattr(row, f"{holder}_id") for row in rows} - {None}
        kept = set(counted.filter(**{f"{holder}__in": ids}).values_list(f"{holder}_id", flat=True))
        Participation.objects.filter(**{f"{holder}__in": ids - kept}).delete()


def export(user: User) -> Iterable[dict[str, Any]]:
    """Return what counted for a person."""
    for row in PointEntry.objects.filter(user=user).order_by("at"):
        yield {"event": row.event_name, "at": row.at, "weight": row.weight, "counted": row.counted}


def erase(user: User, now: datetime) -> None:
    """Delete an erased person's score; the entries stay for their company's and name nobody."""
    PointEntry.objects.filter(user=user).update(user=None)
    PointEntry.objects.filter(counterpart_id=user.pk).update(counterpart_id=None)
    Participation.objects.filter(user=user).delete()


def recount(user_id: int) -> float:
    """Return a person's score recomputed from their entries: what the stored one must equal."""
    return added_up(PointEntry.objects.filter(user_id=user_id))[0]


@transaction.atomic
def rebuild() -> int:
    """Look again at every entry, and add every score up from its entries; return how many
    differed.
    """
    changed = look_again(set(PointEntry.objects.exclude(item="").values_list("item", flat=True)))
    for row in Participation.objects.select_for_update().order_by("pk"):
        of = {"user": row.user_id} if row.user_id else {"organization": row.organization_id}
        score, last_at = added_up(PointEntry.objects.filter(**of))
        if not math.isclose(row.score, score, rel_tol=1e-9, abs_tol=1e-9) or row.last_at != last_at:
            row.score, row.last_at = score, last_at
            row.save(update_fields=["score", "last_at"])
            changed += 1
    return changed


def totals(user_id: int) -> dict[str, Any]:
    """Return how much counted and when it last did."""
    return PointEntry.objects.filter(user_id=user_id, counted=True).aggregate(
        weight=Sum("weight"), last=Max("at")
    )

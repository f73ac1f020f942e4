"""What waits longer than promised goes up: from its owner to the team's lead or stand-in, then to
the administrators. And nothing stays without an owner.

Each step tells whoever is called in and gives them a due time of their own; the promise to the
customer (`due_at`) stays what it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from portal.accounts.models import User
from portal.core.time import business_due
from portal.teams.events import SignalEscalated
from portal.teams.models import Signal, SignalChange, SignalRule
from portal.teams.services.signals import owner_for, publish

Step = Signal.Escalation


def _rows() -> list[str]:
    """What a step reads beside the signal."""
    people = ("lead", "stand_in")
    teams = ("team", "rule__stand_in")
    return [f"{team}__{person}" for team in teams for person in people]


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Take every late signal one step up whose present owner let their time pass; return how
    many.
    """
    rows = (
        Signal.objects.select_for_update(skip_locked=True, of=("self",))
        .with_names()
        .select_related(*_rows())
        .waiting()
        .filter(due_at__lt=now, escalation__lt=Step.SPONSOR)
        .order_by("pk")
    )
    count = 0
    for signal in rows:
        if step_due(signal) <= now:
            _step(signal, now)
            count += 1
    return count


def step_due(signal: Signal) -> datetime:
    """Return when the next person is called in."""
    if signal.owner_due_at is not None:
        return signal.owner_due_at
    return signal.due_at + timedelta(hours=signal.rule.escalate_hours)


def _step(signal: Signal, now: datetime) -> None:
    before = signal.owner
    lead = _lead(signal) if signal.escalation == Step.NONE else None
    called = [lead] if lead is not None else _administrators()
    signal.escalation = Step.LEAD if lead is not None else Step.SPONSOR
    if called and before not in called:
        signal.owner = called[0]
    signal.escalated_at, signal.severity = now, SignalRule.Severity.HIGH
    signal.owner_due_at = business_due(now, signal.rule.sla_hours, signal.team.calendar)
    signal.save(update_fields=["escalation", "owner", "escalated_at", "severity", "owner_due_at"])
    _record(signal, SignalChange.Kind.ESCALATED, before, now)
    people = [person.pk for person in called]
    publish(
        signal,
        SignalEscalated,
        actor=None,
        now=now,
        step=int(signal.escalation),
        recipient_ids=people,
    )


def _record(signal: Signal, kind: str, before: User | None, now: datetime) -> None:
    names = [person.display_name if person else "–" for person in (before, signal.owner)]
    note = " → ".join(names) if names[0] != names[1] else names[0]
    SignalChange.objects.create(signal=signal, kind=kind, note=note[:400], at=now)


def _lead(signal: Signal) -> User | None:
    """Return the lead or stand-in of the team, then of the stand-in team, who is not the owner
    already.
    """
    stand_in = signal.rule.stand_in
    candidates = [signal.team.lead, signal.team.stand_in]
    if stand_in is not None:
        candidates += [stand_in.lead, stand_in.stand_in]
    return next((person for person in candidates if _can_take(person, signal)), None)


def _can_take(person: User | None, signal: Signal) -> bool:
    return (
        person is not None and person.is_active and person.is_team and person.pk != signal.owner_id
    )


def _administrators() -> list[User]:
    return list(User.objects.filter(is_active=True, is_administrator=True).order_by("pk"))


@transaction.atomic
def adopt(*, now: datetime) -> int:
    """Give what lost its owner to whoever answers for it now; return how many."""
    orphans = Q(owner=None) | Q(owner__is_active=False)
    rows = (
        Signal.objects.select_for_update(skip_locked=True, of=("self",))
        .with_names()
        .select_related(*_rows())
        .unresolved()
        .filter(orphans)
        .order_by("pk")
    )
    count = 0
    for signal in rows:
        before = signal.owner
        owner = owner_for(signal.team, signal.rule.stand_in, signal.organization)
        if owner is None or owner == before:
            continue
        signal.owner = owner
        signal.save(update_fields=["owner"])
        _record(signal, SignalChange.Kind.ADOPTED, before, now)
        count += 1
    return count

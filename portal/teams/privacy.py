"""Privacy: export, erasure, and reassigning signals when a staff member is deactivated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.teams.models import Signal, SignalChange, Team, Told
from portal.teams.services.signals import owner_for


def export(user: User) -> Iterable[dict[str, Any]]:
    """Return the updates the user got and their answers."""
    for row in Told.objects.filter(person=user).order_by("told_at"):
        yield {
            "title": row.title,
            "text": row.text,
            "told_at": row.told_at,
            "read_at": row.read_at,
            "answer": row.answer,
            "note": row.note,
        }


def erase(user: User, now: datetime) -> None:
    """Erase the user: updates are deleted, signals about them lose name and text."""
    Told.objects.filter(person=user).delete()
    Signal.objects.filter(subject=f"accounts.user:{user.pk}").update(title="–", url="/")
    Signal.objects.filter(person=user).update(person=None)
    on_deactivation(user, now)


def on_deactivation(user: User, now: datetime) -> None:
    """Reassign the user's signals to the next in line; none stays without an owner."""
    Team.objects.filter(lead=user).update(lead=None)
    Team.objects.filter(stand_in=user).update(stand_in=None)
    rows = (
        Signal.objects.unresolved()
        .filter(owner=user)
        .select_related("team", "rule__stand_in", "organization__owner")
    )
    for signal in rows:
        signal.owner = owner_for(signal.team, signal.rule.stand_in, signal.organization)
        if signal.claimed_by_id == user.pk:
            signal.claimed_by, signal.claimed_at, signal.state = None, None, Signal.State.OPEN
            SignalChange.objects.create(signal=signal, kind=SignalChange.Kind.RELEASED, at=now)
        signal.save()

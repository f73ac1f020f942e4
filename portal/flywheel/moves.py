"""What the teams' own facts move, and the company behind a fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from portal.accounts.models import Membership
from portal.events.models import Event
from portal.flywheel.rules.stages import CANCELLED, Stage
from portal.flywheel.stage_registry import Place, is_voice, moves


def register() -> None:
    """Add the built-in moves; called from the app's ready()."""
    moves("teams.signal.claimed", Stage.CLAIMED, locate=about)
    moves("teams.signal.resolved", Stage.ACTED, locate=acted)
    moves("teams.signal.reopened", CANCELLED, locate=about)
    moves("teams.customer.told", Stage.TOLD, locate=about)
    moves("teams.customer.confirmed", Stage.CONFIRMED, locate=solved)
    moves("teams.customer.confirmed", CANCELLED, locate=not_solved)


def about(event: Event) -> Iterable[Place]:
    """What teams do is about the voice that called for it."""
    subject = str(event.payload.get("about", ""))
    if is_voice(subject):
        yield Place(subject)


def acted(event: Event) -> Iterable[Place]:
    """Settling counts as acting when it helped or was done."""
    return about(event) if event.payload.get("outcome") in ("helped", "done") else ()


def solved(event: Event) -> Iterable[Place]:
    """The customer said that it is solved."""
    return about(event) if event.payload.get("answer") == "yes" else ()


def not_solved(event: Event) -> Iterable[Place]:
    """The customer said that it is not solved yet: our update does not count."""
    return about(event) if event.payload.get("answer") == "no" else ()


def company_of(person_id: int | None, at: datetime) -> int | None:
    """Return the customer company a person belonged to at a moment, or else first joined; None for
    the host's staff.
    """
    if person_id is None:
        return None
    rows = list(
        Membership.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), user_id=person_id)
        .order_by("started_at")
        .values_list("organization_id", "organization__is_own", "started_at")
    )
    row = next((row for row in reversed(rows) if row[2] <= at), rows[0] if rows else None)
    return None if row is None or row[1] else int(row[0])

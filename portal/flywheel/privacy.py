"""Privacy of turns: export and erasure of a person's data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.flywheel.models import Evidence, Turn


def export(user: User) -> Iterable[dict[str, Any]]:
    """Return the turns that began with the user's posts."""
    for turn in Turn.objects.filter(person=user).order_by("started_at"):
        yield {"title": turn.title, "started_at": turn.started_at, "stage": turn.stage}


def erase(user: User, now: datetime) -> None:
    """Remove the user's name from turns; the stages stay."""
    Turn.objects.filter(person=user).update(person=None)
    Evidence.objects.filter(person_id=user.pk).update(person_id=None)

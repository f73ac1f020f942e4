"""Derives all turns and daily values again from the event log, and says what differed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.flywheel import rollup
from portal.flywheel.models import Evidence, Turn, TurnStage
from portal.flywheel.rebuilding import rebuild


def recount_all(now: datetime) -> dict[str, int]:
    """Correct what is stored; return by aggregate how many rows differed."""
    before = (_evidence(), _stages(), _turns())
    rebuild(now=now)
    after = (_evidence(), _stages(), _turns())
    names = ("evidence", "stages", "turns")
    found = {name: len(old ^ new) for name, old, new in zip(names, before, after, strict=True)}
    return found | {"daily values": rollup.recompute(now=now)}


def _evidence() -> set[tuple[Any, ...]]:
    rows = Evidence.objects.values_list("event_id", "kind", "subject", "item", "holds")
    return set(rows)


def _stages() -> set[tuple[Any, ...]]:
    return set(TurnStage.objects.values_list("turn__subject", "stage", "event_id", "at"))


def _turns() -> set[tuple[Any, ...]]:
    fields = ("subject", "stage", "organization_id", "started_at", "answered_at", "confirmed_at")
    return set(Turn.objects.values_list(*fields, "closed_at", "previous__subject"))

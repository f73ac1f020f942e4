"""How the handling of events is doing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from portal.events.models import FailedHandling


@dataclass(frozen=True)
class Failures:
    """Handlings that failed and are not resolved."""

    retrying: int  # tried again by themselves
    parked: int  # given up on until somebody replays them

    def __bool__(self) -> bool:
        return bool(self.retrying or self.parked)

    @property
    def status(self) -> str:
        return "parked" if self.parked else "retrying" if self.retrying else "ok"


def unresolved_failures() -> Failures:
    """Count them; a partial index holds only the unresolved."""
    found = FailedHandling.objects.filter(resolved_at=None).aggregate(
        all=Count("pk"), parked=Count("parked_at")
    )
    return Failures(found["all"] - found["parked"], found["parked"])

"""Beat's scheduler, which a clock that was set back does not stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from celery.beat import PersistentScheduler

log = structlog.get_logger(__name__)


class ClockScheduler(PersistentScheduler):
    """Celery's with its schedule file; a last run that lies in the future never was.

    Otherwise every task would wait until the clock has caught up: a day, if it jumped a day.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        self.forget_the_future()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.forget_the_future()
        return float(super().tick(*args, **kwargs))

    def forget_the_future(self) -> None:
        """Make what ran in the future due now, and order the waiting ones anew."""
        now = self.app.now()
        ahead = [
            entry
            for entry in self.schedule.values()
            if entry.last_run_at and entry.last_run_at > now + timedelta(seconds=1)
        ]
        for entry in ahead:
            entry.last_run_at = now - timedelta(days=366)
        if ahead:
            log.warning("clock_was_set_back", entries=len(ahead))
            self._heap = None

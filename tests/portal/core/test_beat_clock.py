"""Beat goes on when the clock was set back, also with the schedule file it left before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from portal.celery import app
from portal.core.jobs.beat_clock import ClockScheduler


def scheduler(file: Path) -> ClockScheduler:
    return ClockScheduler(app, schedule_filename=str(file), lazy=True)


def test_a_schedule_file_from_the_future_is_ignored(tmp_path: Path) -> None:
    first = scheduler(tmp_path / "beat")
    first.setup_schedule()
    for entry in first.schedule.values():
        entry.last_run_at = app.now() + timedelta(days=1)
    first.close()
    second = scheduler(tmp_path / "beat")
    second.setup_schedule()
    assert len(second.schedule) > 10
    ours = [second.schedule[name] for name in settings.PERIODIC_TASKS]
    assert all(entry.is_due()[0] for entry in ours)
    second.close()


def test_a_clock_set_back_while_it_runs_stops_nothing(tmp_path: Path) -> None:
    running = scheduler(tmp_path / "beat")
    running.setup_schedule()
    running.populate_heap()
    past = app.now() - timedelta(seconds=2)
    names = list(running.schedule)
    for name in names:
        running.schedule[name].last_run_at = past
    running.schedule[names[0]].last_run_at = app.now() + timedelta(days=1)
    running.forget_the_future()
    assert running._heap is None
    assert running.schedule[names[0]].is_due()[0]
    assert running.schedule[names[1]].last_run_at == past
    running.close()

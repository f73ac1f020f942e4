"""Background jobs in batches; each batch is committed together with the job's position.

A worker that is killed loses at most the current batch; the next worker resumes after the last
committed one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core import time
from portal.core.jobs.states import LONG_JOB
from portal.core.models import LongJob
from portal.core.registry import Registry
from portal.core.tasks import run_job

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)  # a heartbeat older than this means the worker is gone
MAX_ERRORS = 1_000


@dataclass(frozen=True)
class Step:
    """What one batch did: how many items it consumed, and what became of them."""

    consumed: int
    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    stage: str = ""


# Takes the job and the position of its first item; returns what it did. No rows but those of the
# batch.
Runner = Callable[[LongJob, int], Step]
# Says whether who started the job may still do what it does; asked before every batch.
May = Callable[[int | None], bool]
_kinds: Registry[str, tuple[Runner, May]] = Registry("kind of long job")


class Ended(Exception):
    """Somebody stopped the job, or it has ended otherwise."""


class PermissionRevoked(PermissionError):
    """Who started the job may no longer do what it does."""


def register_kind(name: str, runner: Runner, *, may: May) -> None:
    """Add a kind of long job; called from AppConfig.ready().

    `may` gets the id of the person who started it.
    """
    _kinds.register(name, (runner, may))


def start(
    *,
    kind: str,
    title: str,
    total: int,
    now: datetime,
    data: dict[str, Any] | None = None,
    started_by_id: int | None = None,
    url: str = "",
) -> LongJob:
    """Create a job of a registered `kind` over `total` items and ask a worker to begin when the
    transaction commits.
    """
    if kind not in _kinds:
        raise ValueError(f"{kind!r} is no registered kind of long job")
    job = LongJob.objects.create(
        kind=kind,
        title=title,
        total=total,
        data=data or {},
        started_by_id=started_by_id,
        url=url,
        created_at=now,
        heartbeat_at=now,
    )
    transaction.on_commit(lambda: ring(job.pk), robust=True)
    return job


def ring(job_id: int) -> None:
    """Ask a worker to run the job; when the call is lost, the sweep finds the job."""

    try:
        run_job.apply_async((job_id,), ignore_result=True)
    except Exception as error:  # best effort: the periodic task finds the work
        log.warning("bell_failed", error=str(error))


def run_steps(job_id: int, *, clock: Callable[[], datetime] = time.now) -> bool:
    """Run the job to its end, or until somebody else has it.

    Returns whether this call finished it.
    """
    if not _claim(job_id, clock()):
        return False
    while True:
        try:
            finished = _one_batch(job_id, clock())
        except Ended:
            return False
        except PermissionRevoked as error:
            _fail(job_id, str(error), clock())
            return False
        except Exception as error:
            log.exception("long_job_failed", job=job_id)
            _fail(job_id, f"{type(error).__name__}: {error}", clock())
            return False
        if finished:
            return True


def _fail(job_id: int, why: str, now: datetime) -> None:
    failed = LongJob.State.FAILED
    under_way = LongJob.objects.filter(pk=job_id, state__in=LONG_JOB.sources(failed))
    under_way.update(state=failed, finished_at=now, stage=why[:120])


def stop(*, job: LongJob, now: datetime) -> bool:
    """End a job before its next batch; what is done stays.

    Returns whether it was still under way.
    """
    stopped = LongJob.State.STOPPED
    under_way = LongJob.objects.filter(pk=job.pk, state__in=LONG_JOB.sources(stopped))
    return bool(under_way.update(state=stopped, finished_at=now))


def stalled(now: datetime) -> list[int]:
    """Return the jobs nobody works on: never begun, or their worker's heart stopped."""
    return list(
        LongJob.objects.filter(finished_at=None)
        .filter(
            Q(state=LongJob.State.WAITING, heartbeat_at__lte=now - timedelta(seconds=10))
            | Q(state=LongJob.State.RUNNING, heartbeat_at__lte=now - LEASE)
        )
        .values_list("pk", flat=True)[:100]
    )


def _claim(job_id: int, now: datetime) -> bool:
    free = Q(state=LongJob.State.WAITING) | Q(
        state=LongJob.State.RUNNING, heartbeat_at__lte=now - LEASE
    )
    claimed = LongJob.objects.filter(free, pk=job_id).update(
        state=LongJob.State.RUNNING, heartbeat_at=now
    )
    return bool(claimed)


def _one_batch(job_id: int, now: datetime) -> bool:
    with transaction.atomic():
        job = LongJob.objects.select_for_update().get(pk=job_id)
        if job.state != LongJob.State.RUNNING:
            raise Ended
        if job.done < job.total:
            runner, may = _kinds[job.kind]
            if not may(job.started_by_id):
                raise PermissionRevoked(_("Who started this may not do it any more."))
            _add(job, runner(job, job.done))
        if job.done >= job.total:
            LONG_JOB.move(job, LongJob.State.DONE)
            job.finished_at = now
        job.heartbeat_at = now
        job.save()
    return job.state == LongJob.State.DONE


def _add(job: LongJob, step: Step) -> None:
    if step.consumed <= 0:
        raise ValueError("a step must consume at least one item")
    job.done = min(job.total, job.done + step.consumed)
    job.created_count += step.created
    job.updated_count += step.updated
    job.skipped_count += step.skipped
    job.failed_count += step.failed
    job.stage = step.stage
    job.errors = [*job.errors, *([row, text] for row, text in step.errors)][:MAX_ERRORS]

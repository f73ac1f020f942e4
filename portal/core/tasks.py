"""Celery tasks of batch jobs: run one, and resume those whose worker died."""

from __future__ import annotations

from celery import shared_task

from portal.core import time
from portal.core.jobs import long_jobs
from portal.core.jobs.enqueue import enqueue


@shared_task(time_limit=3600)
def run_job(job_id: int) -> bool:
    """Run a long job from where it stands."""
    return long_jobs.run_steps(job_id)


@shared_task
def resume_stalled_jobs() -> int:
    """Hand jobs that nobody works on to a worker. Runs every 20 s."""
    jobs = long_jobs.stalled(time.now())
    for job_id in jobs:
        enqueue(long_jobs.RUN, job_id)
    return len(jobs)

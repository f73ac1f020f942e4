"""The tasks of long jobs: run one, and find the ones whose worker died."""

from __future__ import annotations

from celery import shared_task

from portal.core import progress, time


@shared_task(time_limit=3600)
def run_job(job_id: int) -> bool:
    """Run a long job from where it stands."""
    return progress.run_steps(job_id)


@shared_task
def resume_stalled_jobs() -> int:
    """Hand jobs that nobody works on to a worker. Runs every 20 s."""
    jobs = progress.stalled(time.now())
    for job_id in jobs:
        progress.ring(job_id)
    return len(jobs)

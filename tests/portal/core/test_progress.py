"""Batch jobs: counted, resumable after a worker's death, visible to their owner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import Organization, User
from portal.core.jobs import long_jobs
from portal.core.jobs.long_jobs import Step
from portal.core.models import LongJob
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    def runner(job: LongJob, position: int) -> Step:
        if position == job.data.get("dies_at"):
            raise KeyboardInterrupt  # as a kill: nothing of this batch is kept
        Organization.objects.bulk_create(
            Organization(name=f"社{n}", created_at=people.NOW)
            for n in range(position, min(position + 10, job.total))
        )
        return Step(consumed=10, created=10, errors=[(position, "理由")], failed=1, stage="会社")

    def may(person: int | None) -> bool:
        return person is None or User.objects.filter(pk=person, is_administrator=True).exists()

    with long_jobs._kinds.temporarily({"test.companies": (runner, may)}):
        yield


def begin(**data: Any) -> LongJob:
    return long_jobs.start(
        kind="test.companies", title="会社の取り込み", total=35, now=people.NOW, data=data
    )


def test_a_job_runs_to_its_end() -> None:
    job = begin()
    assert long_jobs.run_steps(job.pk, clock=lambda: people.NOW)
    job.refresh_from_db()
    assert (job.state, job.done, job.failed_count, job.percent) == ("done", 35, 4, 100)
    assert job.errors[0] == [0, "理由"]
    assert Organization.objects.count() == 35


def test_a_killed_worker_loses_nothing_and_doubles_nothing() -> None:
    job = begin(dies_at=20)
    with pytest.raises(KeyboardInterrupt):
        long_jobs.run_steps(job.pk, clock=lambda: people.NOW)
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 20)
    assert not long_jobs.run_steps(job.pk, clock=lambda: people.NOW), "somebody may still have it"
    later = people.NOW + timedelta(minutes=2)
    assert long_jobs.stalled(later) == [job.pk]
    LongJob.objects.filter(pk=job.pk).update(data={})
    assert long_jobs.run_steps(job.pk, clock=lambda: later)
    assert Organization.objects.count() == 35


def test_a_step_that_fails_ends_the_job_with_its_reason() -> None:
    nothing = (lambda job, position: Step(consumed=0), lambda person: True)
    with long_jobs._kinds.temporarily({"test.companies": nothing}):
        job = begin()
        assert not long_jobs.run_steps(job.pk, clock=lambda: people.NOW)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "at least one" in job.stage


def test_the_page_is_for_who_started_it_and_for_staff(
    as_: Any, aki: Any, mio: Any, sato: Any
) -> None:
    job = begin()
    LongJob.objects.filter(pk=job.pk).update(
        started_by_id=aki.pk, done=10, state="running", errors=[[3, "=cmd"]]
    )
    url = reverse("portal:job", args=[job.public_id])
    page = as_(aki).get(url)
    assert 'role="progressbar"' in page.content.decode()
    assert 'aria-valuenow="28"' in page.content.decode()
    assert as_(sato).get(url).status_code == 200
    assert as_(mio).get(url).status_code == 404
    part = as_(aki).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    errors = as_(aki).get(reverse("portal:job_errors", args=[job.public_id]))
    assert "'=cmd" in errors.content.decode()


def test_a_right_withdrawn_under_way_stops_the_job_before_its_next_batch(kato: User) -> None:
    job = long_jobs.start(
        kind="test.companies",
        title="会社の取り込み",
        total=35,
        now=people.NOW,
        started_by_id=kato.pk,
        data={"dies_at": 20},
    )
    with pytest.raises(KeyboardInterrupt):
        long_jobs.run_steps(job.pk, clock=lambda: people.NOW)
    User.objects.filter(pk=kato.pk).update(is_administrator=False)
    LongJob.objects.filter(pk=job.pk).update(data={})
    assert not long_jobs.run_steps(job.pk, clock=lambda: people.NOW + timedelta(minutes=2))
    job.refresh_from_db()
    assert (job.state, job.done) == ("failed", 20)
    assert job.stage == "開始した人の権限がなくなったため、止めました。"
    assert Organization.objects.filter(name__startswith="社").count() == 20


def test_a_job_that_is_stopped_ends_before_its_next_batch_and_keeps_what_is_done() -> None:
    job = begin(dies_at=20)
    with pytest.raises(KeyboardInterrupt):
        long_jobs.run_steps(job.pk, clock=lambda: people.NOW)
    assert long_jobs.stop(job=job, now=people.NOW)
    LongJob.objects.filter(pk=job.pk).update(data={})
    later = people.NOW + timedelta(minutes=2)
    assert long_jobs.stalled(later) == []
    assert not long_jobs.run_steps(job.pk, clock=lambda: later)
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 20)
    assert Organization.objects.filter(name__startswith="社").count() == 20
    assert not long_jobs.stop(job=job, now=later), "it has ended"


def test_stopped_while_a_batch_is_at_work_the_batch_is_kept_and_nothing_follows() -> None:
    def runner(job: LongJob, position: int) -> Step:
        if position == 10:
            stopping.append(position)
        return Step(consumed=10)

    stopping: list[int] = []

    def clock() -> Any:
        if stopping:
            long_jobs.stop(job=job, now=people.NOW)
        return people.NOW

    with long_jobs._kinds.temporarily({"test.companies": (runner, lambda person: True)}):
        job = begin()
        assert not long_jobs.run_steps(job.pk, clock=clock)
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 20)

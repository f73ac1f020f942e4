"""A checked export is told row by row as facts, in a job that can be stopped."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

import structlog
from django.db import OperationalError, transaction
from django.urls import reverse

from portal import audit, events
from portal.accounts.models import User
from portal.core import time
from portal.core.jobs import long_jobs
from portal.core.jobs.long_jobs import Step
from portal.core.models import LongJob
from portal.events import history
from referrals.events import DealsImported
from referrals.models import DealImport, DealRow
from referrals.services.facts.record import receive_fact
from referrals.services.intake.import_check import (
    OUTCOMES,
    Plan,
    deal_of,
    known_digests,
    plan_row,
    reader_of,
    with_corrections,
)
from referrals.services.intake.imports import NotReady, counts_of, lock_draft
from referrals.text.inbound import in_words

log = structlog.get_logger(__name__)
KIND: Final = "referrals.deals"
BATCH: Final = 50


@transaction.atomic
def run_import(*, batch: DealImport, actor: User, now: datetime) -> LongJob:
    """Start importing the rows. Raises NotReady."""
    row = lock_draft(batch)
    if "counts" not in row.checked or row.checked.get("asked"):
        raise NotReady("a needed column is not chosen, or a question is open")
    row.job = long_jobs.start(
        kind=KIND,
        title=row.file_name,
        total=row.rows.count(),
        now=now,
        data={"import": row.pk},
        started_by_id=actor.pk,
        url=reverse("referrals:deal_import", args=[row.public_id]),
    )
    row.data = None  # from here on it is read by its rows
    row.save(update_fields=["job", "data"])
    audit.record(
        "referrals.import.run",
        actor=actor,
        target=f"referrals.import:{row.pk}",
        now=now,
        after={"file": row.file_name, "rows": row.job.total, "source": batch.source.slug},
    )
    batch.job = row.job
    return row.job


@transaction.atomic
def stop_import(*, batch: DealImport, actor: User, now: datetime) -> None:
    """End an import before its next rows; rows already imported stay.

    Raises NotReady when it is not running.
    """
    job = batch.job
    if job is None or not long_jobs.stop(job=job, now=now):
        raise NotReady("it is not under way")
    job.refresh_from_db()
    audit.record(
        "referrals.import.stop",
        actor=actor,
        target=f"referrals.import:{batch.pk}",
        now=now,
        after={"done": job.done, "rows": job.total},
    )


def run_batch(job: LongJob, position: int) -> Step:
    """Import the next rows; each row's outcome is written in the transaction of its effect."""
    now = time.now()
    batch = DealImport.objects.select_related("source__program", "job").get(pk=job.data["import"])
    deals = reader_of(batch, batch.created_at)
    rows = list(batch.rows.filter(number__gte=position).order_by("number")[:BATCH])
    counts: Counter[str] = Counter()
    errors = []
    for row in rows:
        row.outcome, row.reason = _tell_row(batch, plan_row(batch, deals, row.cells), now)
        counts[row.outcome] += 1
        if row.outcome == "failed":
            errors.append((row.line, in_words(row.reason)))
    DealRow.objects.bulk_update(rows, ["outcome", "reason"])
    step = Step(
        consumed=len(rows),
        created=counts["created"] + counts["parked"],
        updated=counts["updated"],
        skipped=counts["skipped"],
        failed=counts["failed"],
        errors=errors,
    )
    if position + len(rows) >= job.total:
        _announce(batch, job, now)
    return step


def _tell_row(batch: DealImport, plan: Plan, now: datetime) -> tuple[str, str]:
    """Write the records of one row as history; a failing row affects only itself."""
    if not plan.facts:
        return ("failed" if plan.wrong else "skipped"), plan.note[:200]
    source = batch.source
    prefix = deal_of(plan.facts[0].external_id)
    known = known_digests(source, [plan.facts[0].external_id])
    seen = bool(known)
    plan = with_corrections(plan, known, replaces=bool(batch.reading.get("replaces")))
    actor_id = batch.job.started_by_id if batch.job else None
    for attempt in range(3):
        try:
            with transaction.atomic(), history.importing():
                outcomes = [
                    receive_fact(
                        source=source.slug,
                        external_id=told.external_id[:200],
                        kind=told.kind,
                        body=told.body,
                        now=now,
                        actor_id=actor_id if "corrects" in told.body else None,
                        is_quiet=told.is_quiet,
                    )
                    for told in plan.facts
                ]
            break
        except OperationalError:  # a deadlock with a webhook: rolled back to this row's savepoint
            if attempt == 2:
                return "failed", "error"
        except Exception:
            log.exception("deal_row_failed", source=source.slug, deal=prefix)
            return "failed", "error"
    statuses = {outcome.status for outcome in outcomes}
    if statuses <= {"duplicate", "conflict"}:
        return ("failed", "conflict") if "conflict" in statuses else ("skipped", "")
    if "review" in statuses:
        reason = next(
            str(one.result.get("reason", "")) for one in outcomes if one.status == "review"
        )
        return "parked", reason[:200]
    if "parked" in statuses:
        return "parked", ""
    return ("updated" if seen else "created"), ""


def _announce(batch: DealImport, job: LongJob, now: datetime) -> None:
    counts = counts_of(batch)
    events.publish(
        DealsImported(
            title=batch.file_name,
            url=job.url,
            user_id=job.started_by_id,
            rows=job.total,
            **{name: counts.get(name, 0) for name in OUTCOMES},
        ),
        subject=f"referrals.import:{batch.pk}",
        now=now,
        key=f"referrals.imported:{batch.pk}",
    )

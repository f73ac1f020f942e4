"""Recording inbound records: once per (source, external id), in any order, in one transaction with
their effect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import F

from portal import audit
from portal.core.db.inserts import insert_once
from portal.core.db.prepared_statements import auto_prepare
from referrals.models import Fact
from referrals.rules import state_machine
from referrals.services.facts.handlers import Places, apply
from referrals.services.facts.results import Again, Applied, Parked, Review

log = structlog.get_logger(__name__)
ATTEMPTS: Final = 8
PARKED_TOO_LONG: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery. `status`: applied, parked, review, duplicate, conflict."""

    status: str
    fact_id: int
    public_id: str
    state: str
    result: dict[str, Any]


def digest(kind: str, body: dict[str, Any]) -> str:
    """Return SHA-256 of a body in canonical form, so that key order and spaces make no
    difference.
    """
    plain = json.dumps([kind, body], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def receive_fact(
    *,
    source: str,
    external_id: str,
    kind: str,
    body: dict[str, Any],
    now: datetime,
    actor_id: int | None = None,
    is_quiet: bool = False,
) -> Outcome:
    """Record one delivery of an inbound record. The same id again returns the first result; another
    body is a conflict.

    A record that lacks its prerequisite is deferred and applied by whichever record brings it.
    Deadlocks and races with a record that arrives at the same moment are retried here. `is_quiet`:
    no alert when it waits.
    """
    fingerprint = digest(kind, body)
    known = _again(
        source, external_id, fingerprint
    )  # most repeats come late: they are answered without a transaction
    if known is not None:
        return known
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic(), auto_prepare():
                return _receive(
                    source, external_id, kind, body, fingerprint, now, actor_id, is_quiet
                )
        except Again:
            continue
        except (
            OperationalError
        ) as error:  # deadlock or serialisation: the whole transaction is safe to repeat
            if attempt == ATTEMPTS - 1 or connection.in_atomic_block:
                raise
            log.info("fact_retried", source=source, error=str(error)[:120])
    raise RuntimeError(f"{source}:{external_id} met a race {ATTEMPTS} times")


def _receive(
    source: str,
    external_id: str,
    kind: str,
    body: dict[str, Any],
    fingerprint: str,
    now: datetime,
    actor_id: int | None,
    is_quiet: bool,
) -> Outcome:
    fact = Fact(
        source=source,
        external_id=external_id,
        kind=kind,
        body=body,
        digest=fingerprint,
        state=Fact.State.APPLIED,
        received_at=now,
        applied_at=now,
        is_quiet=is_quiet,
    )
    if not insert_once(fact):  # waits for a delivery of the same fact that is being applied now
        known = _again(source, external_id, fingerprint)
        if known is None:  # whoever had spent the id took it back while we waited
            raise Again
        return known
    return _carry_out(fact, now, actor_id)


def _again(source: str, external_id: str, fingerprint: str) -> Outcome | None:
    """Return what became of an id that is spent, None when it is not.

    One plain query: repeats are most of the load.
    """
    fact = Fact.objects.filter(source=source, external_id=external_id).first()
    if fact is None:
        return None
    status = "duplicate"
    if fact.digest != fingerprint:
        Fact.objects.filter(pk=fact.pk).update(conflict_count=F("conflict_count") + 1)
        log.warning("fact_conflicts", source=source, external_id=external_id)
        status = "conflict"
    return Outcome(status, fact.pk, str(fact.public_id), fact.state, fact.result)


def _carry_out(fact: Fact, now: datetime, actor_id: int | None) -> Outcome:
    """Apply one fact and then, one after the other, every parked fact that it was the prerequisite
    of.
    """
    outcome = apply(fact, now=now, actor_id=actor_id)
    _keep(fact, outcome, now)
    if isinstance(outcome, Applied) and outcome.wakes:
        wake(outcome.wakes, now=now)
    return Outcome(fact.state, fact.pk, str(fact.public_id), fact.state, fact.result)


def wake(keys: Sequence[str], *, now: datetime) -> int:
    """Apply every parked fact that waited for one of `keys`, and what those wake in turn; return
    how many.

    Runs inside the caller's transaction, under the locks that guard the keys.
    """
    woken, tried, applied, places = list(keys), set[int](), 0, Places()
    while woken:
        waiting = Fact.objects.select_for_update().filter(
            waits_for__in=woken, state=Fact.State.PARKED
        )
        woken = []
        for parked in waiting.exclude(pk__in=tried).order_by("id"):
            tried.add(parked.pk)
            outcome = apply(parked, now=now, actor_id=None, places=places)
            _keep(parked, outcome, now)
            if isinstance(outcome, Applied):
                applied += 1
                woken.extend(outcome.wakes)
    return applied


def _keep(fact: Fact, outcome: Applied | Parked | Review, now: datetime) -> None:
    before = fact.state
    if isinstance(outcome, Parked):
        fact.state, fact.waits_for, fact.applied_at = Fact.State.PARKED, outcome.waits_for, None
        fact.result = {"waits_for": outcome.waits_for.partition(":")[0]}
    elif isinstance(outcome, Review):
        fact.state, fact.waits_for, fact.applied_at = Fact.State.REVIEW, "", None
        fact.result = {"reason": outcome.reason}
    else:
        fact.state, fact.waits_for, fact.applied_at, fact.result = (
            Fact.State.APPLIED,
            "",
            now,
            outcome.result,
        )
    if fact.state != before:
        state_machine.FACT.check(before, fact.state)
    fact.save(update_fields=["state", "waits_for", "applied_at", "result"])


def retry_deferred(*, now: datetime, limit: int = 500) -> int:
    """Try parked facts again (a prerequisite may have come by another way); return how many were
    applied.
    """
    applied = 0
    parked = Fact.objects.filter(state=Fact.State.PARKED).order_by(
        F("tried_at").asc(nulls_first=True), "id"
    )
    for pk in list(parked.values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                fact = (
                    Fact.objects.select_for_update(skip_locked=True)
                    .filter(pk=pk, state=Fact.State.PARKED)
                    .first()
                )
                if fact is not None:
                    Fact.objects.filter(pk=pk).update(tried_at=now)
                    applied += _carry_out(fact, now, None).state == Fact.State.APPLIED
        except Again:
            continue
    return applied


def retry_fact(*, fact: Fact, actor: Any, now: datetime) -> bool:
    """A person has mended what a waiting or doubtful fact lacked: apply it now; return whether that
    went through.
    """

    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                waits = Fact.objects.filter(pk=fact.pk, state__in=state_machine.FACT.open)
                row = waits.select_for_update().first()
                if row is None:
                    return False
                audit.record(
                    "referrals.fact.retry", actor=actor, target=f"referrals.fact:{fact.pk}", now=now
                )
                return _carry_out(row, now, actor.pk).state == Fact.State.APPLIED
        except (Again, OperationalError):
            if connection.in_atomic_block:
                raise
    return False


def dismiss_fact(*, fact: Fact, actor: Any, reason: str, now: datetime) -> bool:
    """A person says that a parked or doubtful fact is none of ours.

    Raises ValueError without a reason.
    """

    if not reason.strip():
        raise ValueError("a reason is needed")
    with transaction.atomic():
        dismissed = Fact.State.DISMISSED
        waits = Fact.objects.filter(pk=fact.pk, state__in=state_machine.FACT.sources(dismissed))
        done = waits.update(state=dismissed, waits_for="", result={"reason": reason.strip()[:200]})
        if done:
            audit.record(
                "referrals.fact.dismiss",
                actor=actor,
                target=f"referrals.fact:{fact.pk}",
                now=now,
                reason=reason,
            )
    return bool(done)

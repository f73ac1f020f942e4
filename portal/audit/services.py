"""Writing and verifying the hash chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from portal.audit.models import AuditEntry

CHAIN_LOCK = 7_203_001  # the advisory lock that makes writers of the chain queue up
GENESIS = "0" * 64
_unrecorded: ContextVar[bool] = ContextVar("unrecorded", default=False)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Write nothing meanwhile: what sample people do to sample data is no act of staff."""
    token = _unrecorded.set(True)
    try:
        yield
    finally:
        _unrecorded.reset(token)


class Actor(Protocol):
    pk: int
    display_name: str


def digest(previous: str, fields: dict[str, Any]) -> str:
    """Return SHA-256 over the previous digest and the row's fields as canonical JSON."""
    body = json.dumps(
        fields, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def _fields(entry: AuditEntry) -> dict[str, Any]:
    return {
        "action": entry.action,
        "actor_id": entry.actor_id,
        "target": entry.target,
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "at": entry.at.astimezone(UTC).isoformat(),
    }


def record(
    action: str,
    *,
    actor: Actor | None,
    target: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Append one staff act to the chain, in the transaction of the act itself.

    Writers queue on a transaction-scoped advisory lock, so call it last in a service. Names and
    mail addresses belong in neither `before` nor `after`: the chain cannot be scrubbed.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
        plain = json.loads(
            json.dumps({"before": before or {}, "after": after or {}}, cls=DjangoJSONEncoder)
        )
        entry = AuditEntry(
            action=action,
            actor_id=actor.pk if actor else None,
            target=target,
            before=plain["before"],
            after=plain["after"],
            reason=reason,
            at=now,
            previous=last or GENESIS,
        )
        entry.digest = digest(entry.previous, _fields(entry))
        if not _unrecorded.get():
            entry.save(force_insert=True)
    return entry


def first_broken_entry() -> int | None:
    """Walk the whole chain; return the id of the first row that was altered or whose neighbour is
    gone, or None.
    """
    previous = GENESIS
    for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2_000):
        if entry.previous != previous or entry.digest != digest(previous, _fields(entry)):
            return entry.pk
        previous = entry.digest
    return None

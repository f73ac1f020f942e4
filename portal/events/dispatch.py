"""Running listeners: a claimed batch, its listeners' rows and the mark "dispatched" commit together
or not at all.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q

from portal.core import time
from portal.core.db.prepared_statements import auto_prepare
from portal.events import registry
from portal.events.models import Event, FailedHandling

log = structlog.get_logger(__name__)

BATCH = 100
LOCK = 7_203_000  # namespace of the advisory locks of whom and what a batch is about
DEADLOCK, TRIES = "40P01", 3
# Fields of payloads that name a person.
PEOPLE = frozenset(("author_id", "asker_id", "user_id", "parent_author_id", "person_id"))
RETRIES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)


def run_pending(*, now: datetime | None = None, limit: int | None = None) -> int:
    """Dispatch waiting events and due retries until none is left (or `limit` events are done);
    return how many.
    """
    done = 0
    while limit is None or done < limit:
        batch = dispatch_batch(now=now or time.now())
        done += batch
        if batch == 0:
            break
        follow_up(now=now or time.now())
    retry_failed(now=now or time.now())
    follow_up(now=now or time.now())
    return done


def follow_up(*, now: datetime) -> None:
    """Run what apps registered to come after the listeners. What fails is logged and comes again
    with the next sweep.
    """
    for name, run in registry.follow_ups():
        try:
            run(now)
        except Exception:
            log.exception("follow_up_failed", follow_up=name)


def dispatch_batch(*, now: datetime, size: int = BATCH) -> int:
    """Claim up to `size` waiting events nobody else holds, run their listeners, mark them, commit.

    Return the count. A deadlock is nobody's failure: the batch is rolled back and taken again.
    """
    for left in reversed(range(TRIES)):
        try:
            return _dispatch(now, size)
        except OperationalError as error:
            if not left or not _is_deadlock(error):
                raise
            log.info("batch_taken_again", left=left)
    return 0


def _dispatch(now: datetime, size: int) -> int:
    with transaction.atomic(), auto_prepare():
        events = list(
            Event.objects.select_for_update(skip_locked=True)
            .filter(dispatched_at=None)
            .order_by("id")[:size]
        )
        _queue_up(events)
        if not _handle_together(events):
            for event in events:
                if not _handle_together([event]):
                    _handle_apart(event, now)
        Event.objects.filter(pk__in=[event.pk for event in events]).update(dispatched_at=now)
    return len(events)


def _queue_up(events: Sequence[Event]) -> None:
    """Lock whom and what the events are about, in one order for all workers.

    Listeners add to rows of the same people, companies and topics in the order of their events, and
    two batches of one author would lock them crosswise.
    """
    keys = sorted({zlib.crc32(name.encode()) - 2**31 for event in events for name in _about(event)})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key", [LOCK, keys]
            )


def _about(event: Event) -> Iterator[str]:
    """Name the subject, and the people and companies of an event."""
    yield event.subject
    yield f"person:{event.actor_id}"
    yield f"company:{event.organization_id}"
    for name, value in event.payload.items():
        if isinstance(value, int) and name.endswith("_id") and not isinstance(value, bool):
            what = "company" if name.endswith("organization_id") else "person"
            if what == "company" or name in PEOPLE:
                yield f"{what}:{value}"


def _is_deadlock(error: BaseException | None) -> bool:
    while error is not None:
        if getattr(error, "sqlstate", None) == DEADLOCK:
            return True
        error = error.__cause__
    return False


def listeners_of(event: Event) -> dict[str, registry.Listener]:
    """Return who is called for an event; history alerts nobody."""
    return registry.listeners_for(event.name, is_history=event.is_history)


def _handle_together(events: Sequence[Event]) -> bool:
    """Run the listeners of some events in one savepoint, the cheap way; say whether all of them
    succeeded.

    When one fails, everything they wrote is rolled back, and it is tried in smaller parts.
    """
    try:
        with transaction.atomic():
            for event in events:
                for listener in listeners_of(event).values():
                    listener(event)
            _check_constraints()
    except Exception as error:
        if _is_deadlock(error):
            raise
        return False
    return True


def _handle_apart(event: Event, now: datetime) -> None:
    """Run an event's listeners each in its own savepoint: one that fails is recorded, the others go
    on.
    """
    for key, listener in listeners_of(event).items():
        error = _handle(listener, event)
        if error is not None:
            _record_failure(event, key, error, now)


def _check_constraints() -> None:
    """Let deferred constraints speak now, not at the batch's commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _handle(listener: registry.Listener, event: Event) -> Exception | None:
    """Run one listener in its own savepoint; return what it failed with, or None."""
    try:
        with transaction.atomic():
            listener(event)
            _check_constraints()
    except Exception as error:
        if _is_deadlock(error):
            raise
        log.exception("listener_failed", event_name=event.name, event_id=event.pk)
        return error
    return None


def _record_failure(event: Event, key: str, error: Exception, now: datetime) -> None:
    failure, _ = FailedHandling.objects.get_or_create(
        event=event, listener=key, defaults={"error": "", "attempts": 0, "next_at": now}
    )
    failure.attempts += 1
    failure.error = f"{type(error).__name__}: {error}"[:2000]
    failure.resolved_at = None
    if failure.attempts > len(RETRIES):
        failure.next_at, failure.parked_at = None, now
    else:
        failure.next_at = now + RETRIES[failure.attempts - 1]
    failure.save()


def retry_failed(*, now: datetime, size: int = BATCH) -> int:
    """Try due failed handlings once more; return how many succeeded."""
    succeeded = 0
    with transaction.atomic():
        due = (
            FailedHandling.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(resolved_at=None, next_at__lte=now)
            .order_by("next_at")[:size]
        )
        _queue_up([failure.event for failure in due])
        for failure in due:
            succeeded += _retry(failure, now)
    return succeeded


def _retry(failure: FailedHandling, now: datetime) -> bool:
    listener = registry.listener(failure.listener)
    error = (
        LookupError("this listener no longer exists")
        if listener is None
        else _handle(listener, failure.event)
    )
    if error is not None:
        _record_failure(failure.event, failure.listener, error, now)
        return False
    failure.resolved_at, failure.next_at, failure.parked_at = now, None, None
    failure.save()
    return True


def replay(*, now: datetime, failures: list[int] | None = None, listener: str | None = None) -> int:
    """Make parked (or the given) failed handlings due again and try them now; return how many
    succeeded.
    """
    wanted = Q(resolved_at=None)
    if failures is not None:
        wanted &= Q(pk__in=failures)
    if listener is not None:
        wanted &= Q(listener=listener)
    FailedHandling.objects.filter(wanted).update(next_at=now, parked_at=None)
    done = retry_failed(now=now, size=10_000)
    follow_up(now=now)
    return done

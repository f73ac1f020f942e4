"""Publishing events. Dispatching them lives in dispatch.py."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.db import connection

from portal.core.db.inserts import insert, insert_once
from portal.core.jobs.enqueue import enqueue_on_commit
from portal.events import history, registry
from portal.events.models import Event
from portal.events.registry import Payload

DISPATCH = "portal.events.tasks.dispatch_waiting"


class HasPk(Protocol):
    pk: int


class OutsideTransaction(RuntimeError):
    """An event was published outside the transaction of the rows it is about."""


def publish(
    payload: Payload,
    *,
    subject: str,
    now: datetime,
    actor: HasPk | None = None,
    organization: HasPk | None = None,
    key: str | None = None,
    occurred_at: datetime | None = None,
) -> Event:
    """Write one event in the caller's transaction and wake the dispatcher on commit.

    `now` is when it happened, unless `occurred_at` says that it was earlier; what lies further back
    than `history.LIMIT` is marked as history. `key`, when given, makes the event unique for ever:
    publishing it again returns the first event and wakes nothing. Raises OutsideTransaction, and
    ValueError for an undeclared event.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(
            f"publish({payload.event_name}) needs the transaction of what it tells of"
        )
    if registry.types().get(payload.event_name) is not type(payload):
        raise ValueError(f"{type(payload).__name__} is not declared with @event_type")
    event = Event(
        name=payload.event_name,
        subject=subject,
        actor_id=actor.pk if actor else None,
        organization_id=organization.pk if organization else None,
        payload=payload.as_dict(),
        key=key,
        occurred_at=occurred_at or now,
        is_history=history.is_history(occurred_at or now, now),
    )
    if key is None:
        insert(event)
    elif not insert_once(event):
        # Two writers of one key meet here: the second waits for the first to commit, inserts
        # nothing, returns its row.
        return Event.objects.get(key=key)
    enqueue_on_commit(DISPATCH)
    return event


def scrub_subject(subject: str) -> int:
    """Take the words out of the payloads about one subject, keeping plain ids; return how many
    events it touched.
    """
    events = list(Event.objects.filter(subject=subject).only("pk", "payload"))
    for event in events:
        event.payload = {
            name: "" if isinstance(value, str) else value for name, value in event.payload.items()
        }
    Event.objects.bulk_update(events, ["payload"], batch_size=500)
    return len(events)

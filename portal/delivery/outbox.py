"""Sending: claim with a lease and commit; call outside any transaction; acknowledge row by row.

Two workers never claim the same row; rows of a dead worker become available again when the lease
ends.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

from portal import events
from portal.core import time
from portal.core.web import ratelimit
from portal.delivery import callbacks, channels, circuit_breaker, services
from portal.delivery.channels import Message, email
from portal.delivery.events import DestinationFailed
from portal.delivery.models import Attempt, Delivery, Destination
from portal.delivery.retry import Answer, Verdict, judge, wait

log = structlog.get_logger(__name__)

CLAIM = 20
LEASE = timedelta(minutes=6)  # more than 20 calls of 15 s
COALESCE_ABOVE = 5
CHAT_PER_SECOND = 1
KEEP_ATTEMPTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Deliveries that leave in one call: one, or several for the same chat."""

    message: Message
    deliveries: tuple[Delivery, ...]
    destination: Destination | None


def deliver_due(*, clock: Callable[[], datetime] = time.now, limit: int = 500) -> int:
    """Deliver what is due until nothing is left (or `limit` were tried); returns how many
    deliveries were tried.
    """
    done = 0
    while done < limit:
        claimed = claim(now=clock())
        if not claimed:
            break
        for parcel in parcels(claimed, now=clock()):
            done += _deliver(parcel, clock)
    return done


def claim(*, now: datetime, size: int = CLAIM) -> list[Delivery]:
    """Take up to `size` due deliveries nobody else holds, and commit.

    A destination on probation gives one.
    """
    with transaction.atomic():
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        open_for_business = Q(destination=None) | Q(destination__disabled_at=None) & (
            Q(destination__open_until=None) | Q(destination__open_until__lte=now)
        )
        found = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("destination")
            .filter(free, open_for_business, state=Delivery.State.WAITING, next_at__lte=now)
            .order_by("next_at", "id")[:size]
        )
        taken = _one_probe_each(found, now)
        lease = uuid.uuid4()
        Delivery.objects.filter(pk__in=[row.pk for row in taken]).update(
            lease=lease, lease_until=now + LEASE
        )
        for row in taken:
            row.lease = lease
    return taken


def _one_probe_each(found: Iterable[Delivery], now: datetime) -> list[Delivery]:
    taken: list[Delivery] = []
    for row in found:
        place = row.destination
        if place is not None and health_of(place).is_probing:
            # The conditional update is what makes it one probe among all workers.
            free = Q(open_until=None) | Q(open_until__lte=now)
            probe = Destination.objects.filter(free, pk=place.pk).update(
                open_until=now + circuit_breaker.PROBE_EVERY
            )
            if not probe:
                continue
        taken.append(row)
    return taken


def parcels(claimed: list[Delivery], *, now: datetime) -> list[Parcel]:
    """Make the calls out of what was claimed: more than five for one chat become one message."""
    by_place: dict[int | None, list[Delivery]] = {}
    for row in claimed:
        by_place.setdefault(row.destination_id, []).append(row)
    made: list[Parcel] = []
    for rows in by_place.values():
        place = rows[0].destination
        if place is not None and place.is_chat and len(rows) > COALESCE_ABOVE:
            made.append(_parcel(tuple(rows), place, now))
        else:
            made += [_parcel((row,), place, now) for row in rows]
    return made


def _parcel(rows: tuple[Delivery, ...], place: Destination | None, now: datetime) -> Parcel:
    message = Message(
        kind=place.kind if place else email.CHANNEL.name,
        id=str(rows[0].public_id),
        body=rows[0].body,
        now=now,
        url=place.url if place else "",
        secrets=_readable_secrets(place, now) if place else (),
        user_id=rows[0].user_id,
        more=tuple(row.body for row in rows[1:]),
    )
    return Parcel(message, rows, place)


def _readable_secrets(place: Destination, now: datetime) -> tuple[str, ...]:
    try:
        return services.secrets_of(place, now)
    except (
        ValueError
    ):  # SECRET_KEY was changed without a fallback: the webhook channel says so in the log
        log.exception("secret_unreadable", destination=place.pk)
        return ()


def _deliver(parcel: Parcel, clock: Callable[[], datetime]) -> int:
    if parcel.destination is not None and parcel.destination.is_chat:
        verdict = ratelimit.check(
            "chat", str(parcel.destination.pk), limit=CHAT_PER_SECOND, seconds=1
        )
        if not verdict.allowed:
            later = clock() + timedelta(seconds=verdict.retry_after)
            _let_go(parcel, later)
            return len(parcel.deliveries)
    answer = _sent(parcel.message)
    for row in parcel.deliveries:
        acknowledge(row, answer, now=clock())
    if parcel.destination is not None and not answer.refused:
        note_health(parcel.destination.pk, answer, now=clock())
    return len(parcel.deliveries)


def _sent(message: Message) -> Answer:
    """Send; a fault of a channel is an answer like another, so one bad message never holds up the
    rest.
    """
    try:
        return channels.send(message)
    except Exception as error:
        log.exception("channel_failed", kind=message.kind, message_id=message.id)
        return Answer(error=f"{type(error).__name__}: {error}"[:300])


def _let_go(parcel: Parcel, later: datetime) -> None:
    """Put deliveries back without counting a try: the chat takes one message a second."""
    pks = [row.pk for row in parcel.deliveries]
    Delivery.objects.filter(pk__in=pks, lease=parcel.deliveries[0].lease).update(
        lease=None, lease_until=None, next_at=later
    )


def acknowledge(
    row: Delivery, answer: Answer, *, now: datetime, chance: float | None = None
) -> None:
    """Record the attempt and what becomes of the delivery.

    A lease that was lost changes nothing but the log.
    """
    chance = random.random() if chance is None else chance  # noqa: S311  spreads load, keeps no secret
    verdict = judge(answer, tries=row.tries + 1, now=now, chance=chance)
    try:
        with transaction.atomic():
            mine = _record(row, answer, verdict, now)
            if mine and verdict.state != Delivery.State.WAITING:
                _tell_owner(row, answer, verdict, now)
    # the owner could not take it in: nothing of the above happened, and it is sent again
    except Exception as error:
        if callbacks.owner_of(row.key) is None:
            raise
        log.exception("outcome_failed", key=row.key, status=answer.status)
        again = now + wait(row.tries + 1, "", now=now, chance=chance)
        reason = f"HTTP {answer.status}, but its effect failed here: {type(error).__name__}"
        with transaction.atomic():
            _record(row, answer, Verdict(Delivery.State.WAITING, again, reason), now)


def _record(row: Delivery, answer: Answer, verdict: Verdict, now: datetime) -> bool:
    mine = Delivery.objects.filter(pk=row.pk, lease=row.lease, state=Delivery.State.WAITING).update(
        state=verdict.state,
        next_at=verdict.next_at or now,
        reason=verdict.reason[:300],
        tries=F("tries") + 1,
        attempt_count=F("attempt_count") + 1,
        lease=None,
        lease_until=None,
        finished_at=None if verdict.state == Delivery.State.WAITING else now,
    )
    Attempt.objects.create(
        delivery_id=row.pk,
        at=now,
        status=answer.status,
        error=answer.error[:300],
        answer=answer.body[:16_384],
        milliseconds=answer.milliseconds,
    )
    if mine and verdict.gone and row.destination_id is not None:
        place = Destination.objects.select_for_update().get(pk=row.destination_id)
        if place.disabled_at is None:
            services.switch_destination(
                destination=place, on=False, actor=None, now=now, reason="HTTP 410 Gone"
            )
    return bool(mine)


def _tell_owner(row: Delivery, answer: Answer, verdict: Verdict, now: datetime) -> None:
    """Call the owner of a delivery that has ended; the effect commits together with the end."""
    owner = callbacks.owner_of(row.key)
    if owner is None:
        return
    if verdict.state == Delivery.State.DELIVERED:
        owner.on_delivered(row, answer, now)
    else:
        refused = answer.refused or (answer.status is not None and 400 <= answer.status < 500)
        owner.on_dead(row, answer, refused, now)


def health_of(place: Destination) -> circuit_breaker.Health:
    return circuit_breaker.Health(place.failures, place.failing_since, place.open_until)


def note_health(destination_id: int, answer: Answer, *, now: datetime) -> None:
    """Move the breaker of a destination, warn its owners half-way, give up after five days of
    nothing but failures.
    """
    with transaction.atomic():
        place = Destination.objects.select_for_update().get(pk=destination_id)
        health = (
            circuit_breaker.after_success()
            if answer.ok
            else circuit_breaker.after_failure(health_of(place), now=now)
        )
        place.failures, place.failing_since, place.open_until = (
            health.failures,
            health.failing_since,
            health.open_until,
        )
        if answer.ok:
            place.succeeded_at, place.warned_at = now, None
        elif circuit_breaker.should_give_up(health, now=now) and place.disabled_at is None:
            reason = f"5 days without success; last: {answer.error or answer.status}"
            services.switch_destination(
                destination=place, on=False, actor=None, now=now, reason=reason
            )
        elif circuit_breaker.should_warn(health, warned_at=place.warned_at, now=now):
            place.warned_at = now
            events.publish(
                DestinationFailed(
                    title=place.name,
                    url="/staff/settings/destinations/",
                    reason=str(answer.error or answer.status),
                ),
                subject=f"delivery.destination:{place.pk}",
                now=now,
            )
        place.save(
            update_fields=["failures", "failing_since", "open_until", "succeeded_at", "warned_at"]
        )


def forget_old_attempts(*, now: datetime) -> int:
    """Delete attempts older than 90 days."""
    return Attempt.objects.filter(at__lt=now - KEEP_ATTEMPTS).delete()[0]

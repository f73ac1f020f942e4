"""Creating deliveries and managing destinations. Sending lives in outbox.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from portal import audit, events
from portal.accounts.models import User
from portal.core.db.inserts import insert_once
from portal.core.db.secrets import decrypt, encrypt
from portal.core.jobs.enqueue import enqueue_on_commit
from portal.core.web import http_client
from portal.delivery import callbacks
from portal.delivery.channels import signed
from portal.delivery.channels.webhook import new_secret
from portal.delivery.events import DestinationSwitched
from portal.delivery.models import Delivery, Destination
from portal.delivery.state_machine import DELIVERY
from portal.delivery.tasks import deliver_due

OVERLAP = timedelta(hours=24)


def enqueue(
    *,
    destination: Destination,
    subject_key: str,
    body: dict[str, Any],
    now: datetime,
    event_name: str = "",
    public_id: UUID | None = None,
) -> Delivery:
    """Write one delivery to `destination` in the caller's transaction; the same `subject_key` is
    written once for ever.

    A chat reads `title`, `url`, `text` and `facts` (a dictionary) of the body; a webhook sends the
    body as it is. `public_id` becomes the webhook-id; when absent a fresh one is made.
    """
    delivery = Delivery(
        destination=destination,
        key=subject_key,
        body=body,
        next_at=now,
        created_at=now,
        event_name=event_name,
        **({"public_id": public_id} if public_id is not None else {}),
    )
    if not insert_once(delivery):
        return Delivery.objects.get(destination=destination, key=subject_key)
    _ring()
    return delivery


def enqueue_mail(
    *, user_id: int, key: str, body: dict[str, Any], now: datetime, send_at: datetime | None = None
) -> Delivery:
    """Write one mail in the caller's transaction, not to leave before `send_at`; the same person
    and `key` get it once.
    """
    delivery = Delivery(user_id=user_id, key=key, body=body, next_at=send_at or now, created_at=now)
    if not insert_once(delivery):
        return Delivery.objects.get(destination=None, user_id=user_id, key=key)
    _ring()
    return delivery


def _ring() -> None:

    enqueue_on_commit(deliver_due)


def send_again(*, delivery: Delivery, now: datetime) -> bool:
    """Send one ended delivery again under its own id; for whoever wrote it.

    False when it has not ended, or somebody else has sent it again meanwhile.
    """
    waiting = Delivery.State.WAITING
    ended = Delivery.objects.filter(pk=delivery.pk, state__in=DELIVERY.sources(waiting))
    woken = ended.update(
        state=waiting,
        next_at=now,
        tries=0,
        reason="",
        lease=None,
        lease_until=None,
        finished_at=None,
    )
    delivery.refresh_from_db()
    if woken:
        _ring()
    return bool(woken)


def take_back(*, delivery_id: int, reason: str, now: datetime) -> bool:
    """Stop a delivery that waits for its next try; False when it has ended or is on its way at this
    moment.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    dead = Delivery.State.DEAD
    waiting = Delivery.objects.filter(free, pk=delivery_id, state__in=DELIVERY.sources(dead))
    return bool(
        waiting.update(
            state=dead,
            reason=reason[:300],
            finished_at=now,
            lease=None,
            lease_until=None,
        )
    )


@transaction.atomic
def add_destination(
    *,
    kind: str,
    name: str,
    url: str,
    event_names: Sequence[str],
    actor: User,
    now: datetime,
    team: str = "",
) -> tuple[Destination, str]:
    """Add a destination; returns it and, for a webhook, the secret, which is shown this once.

    Raises http.Unsafe.
    """
    http_client.check_url(url)
    secret = new_secret() if kind in signed() else ""
    destination = Destination.objects.create(
        kind=kind,
        name=name,
        url=url,
        team=team,
        events=list(event_names),
        created_by=actor,
        created_at=now,
        secret=encrypt(secret) if secret else "",
    )
    _audit("add", destination, actor, now, after=_facts(destination))
    return destination, secret


@transaction.atomic
def change_destination(
    *,
    destination: Destination,
    name: str,
    url: str,
    event_names: Sequence[str],
    team: str,
    actor: User,
    now: datetime,
) -> Destination:
    """Change where and what. Raises http.Unsafe."""
    http_client.check_url(url)
    before = _facts(destination)
    destination.name, destination.url, destination.team = name, url, team
    destination.events = list(event_names)
    destination.save(update_fields=["name", "url", "team", "events"])
    _audit("change", destination, actor, now, before=before, after=_facts(destination))
    return destination


@transaction.atomic
def rotate_secret(*, destination: Destination, actor: User, now: datetime) -> str:
    """Make a new secret; for 24 h both sign. Returns the new one, which is shown this once."""
    secret = new_secret()
    destination.old_secret, destination.old_secret_until = destination.secret, now + OVERLAP
    destination.secret = encrypt(secret)
    destination.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _audit("rotate_secret", destination, actor, now)
    return secret


@transaction.atomic
def switch_destination(
    *, destination: Destination, on: bool, actor: User | None, now: datetime, reason: str = ""
) -> None:
    """Switch a destination on (its waiting deliveries go out, the breaker closes) or off (they
    wait).
    """
    destination.disabled_at = None if on else now
    destination.disabled_reason = "" if on else reason[:200]
    fields = ["disabled_at", "disabled_reason"]
    if on:
        destination.failures, destination.failing_since, destination.open_until = 0, None, None
        destination.warned_at = None
        fields += ["failures", "failing_since", "open_until", "warned_at"]
        _ring()
    destination.save(update_fields=fields)
    state = "on" if on else "off"
    events.publish(
        DestinationSwitched(
            title=destination.name, url="/staff/settings/destinations/", state=state, reason=reason
        ),
        actor=actor,
        subject=f"delivery.destination:{destination.pk}",
        now=now,
    )
    _audit(f"switch_{state}", destination, actor, now, reason=reason)


@transaction.atomic
def delete_destination(*, destination: Destination, actor: User, now: datetime) -> None:
    """Take a destination out of use for good; its log stays."""
    destination.deleted_at = destination.disabled_at = now
    destination.secret = destination.secret and encrypt(new_secret())
    destination.old_secret = ""
    destination.save(update_fields=["deleted_at", "disabled_at", "secret", "old_secret"])
    _audit("delete", destination, actor, now)


@transaction.atomic
def send_test(*, destination: Destination, actor: User, now: datetime) -> Delivery:
    """Send a test message to one destination, whatever it listens to."""
    body = {
        "id": f"test-{now.timestamp():.0f}",
        "type": "delivery.destination.tested",
        "source": "hazumi",
        "time": now.isoformat(),
        "data": {"title": "Hazumi test", "text": "テスト送信です。This is a test.", "url": "/"},
    }
    delivery = enqueue(
        destination=destination, subject_key=f"test:{now.isoformat()}", body=body, now=now
    )
    _audit("test", destination, actor, now)
    return delivery


@transaction.atomic
def replay(
    *,
    destination: Destination,
    actor: User,
    now: datetime,
    delivery_id: int | None = None,
    since: datetime | None = None,
    delivered_too: bool = False,
) -> int:
    """Send again: one delivery, or all dead ones (since a moment; with `delivered_too` all). The
    webhook-id stays the same.

    Deliveries owned by an app (a payment) are left out: their owner retries them.
    """
    wanted = Delivery.objects.filter(destination=destination).exclude(callbacks.owned())
    if delivery_id is not None:
        wanted = wanted.filter(pk=delivery_id)
    elif not delivered_too:
        wanted = wanted.filter(state=Delivery.State.DEAD)
    if since is not None:
        wanted = wanted.filter(created_at__gte=since)
    count = wanted.update(
        state=Delivery.State.WAITING,
        next_at=now,
        tries=0,
        lease=None,
        lease_until=None,
        finished_at=None,
        reason="",
    )
    _ring()
    after = {"count": count, "delivery": delivery_id, "since": since.isoformat() if since else None}
    _audit("replay", destination, actor, now, after=after)
    return count


def secrets_of(destination: Destination, now: datetime) -> tuple[str, ...]:
    """Return the secrets that sign now: the present one, and the one before it for 24 h."""
    if not destination.secret:
        return ()
    secrets = [decrypt(destination.secret)]
    if (
        destination.old_secret
        and destination.old_secret_until
        and destination.old_secret_until > now
    ):
        secrets.append(decrypt(destination.old_secret))
    return tuple(secrets)


def _facts(destination: Destination) -> dict[str, Any]:
    host = destination.url.split("/")[2] if destination.url.count("/") > 1 else ""
    return {
        "name": destination.name,
        "kind": destination.kind,
        "host": host,
        "events": destination.events,
    }


def _audit(
    act: str, destination: Destination, actor: User | None, now: datetime, **more: Any
) -> None:
    audit.record(
        f"delivery.destination.{act}",
        actor=actor,
        target=f"delivery.destination:{destination.pk}",
        now=now,
        **more,
    )

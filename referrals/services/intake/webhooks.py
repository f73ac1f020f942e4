"""Receiving messages of other systems: verified in memory, stored as received, then turned into
records.

A message that cannot be verified leaves only a count on its source: storing it would let anybody
fill the disk, and its sender, who got no 2xx, sends it again. A verified one is committed before it
is processed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q

from portal.core.calendar.calendars import site_calendar
from portal.core.db.secrets import decrypt
from portal.core.text.cleaning import clean_json
from referrals.inbound import modes, signatures, standard, stripe, values
from referrals.inbound.crm import DealMapping, Deals
from referrals.inbound.parsed import ParseError, Reading
from referrals.inbound.signatures import Refused
from referrals.models import InboundMessage, InboundSource, ReferralLink
from referrals.rules import state_machine
from referrals.services.facts.record import receive_fact

log = structlog.get_logger(__name__)
S = InboundMessage.State
KEPT_HEADERS: Final = (
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "stripe-version",
    "x-hubspot-request-timestamp",
)
GRACE: Final = timedelta(seconds=30)  # who took a message in has this long before the sweep does it
WAITS: Final = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440, 1440)
)
ATTEMPTS: Final = 8


@dataclass(frozen=True)
class Receipt:
    """What the sender is answered.

    `code` is the HTTP status; `result` says what became of the message.
    """

    code: int
    result: dict[str, Any] = field(default_factory=dict)


def secrets_of(source: InboundSource, now: datetime) -> tuple[str, ...]:
    """Return the secrets that verify now: the present one, and during a rotation the one before
    it.
    """
    kept = [source.secret, *([source.old_secret] if source.rotates(now) else [])]
    found = []
    for one in kept:
        try:
            found.append(decrypt(one))
        except ValueError:
            log.warning("inbound_secret_unreadable", source=source.slug)
    return tuple(found)


def verify(
    source: InboundSource,
    body: bytes,
    headers: Mapping[str, str],
    now: datetime,
    *,
    method: str = "POST",
    url: str = "",
) -> str:
    """Return the id a message goes by (its own, else a digest of its content).

    Raises signatures.Refused.
    """
    secrets = secrets_of(source, now)
    if source.kind == InboundSource.Kind.STRIPE:
        signatures.verify_stripe(body, headers, secrets, now)
        payload = parse(body)
        given = payload.get("id") if isinstance(payload, dict) else ""
        found = given if isinstance(given, str) and signatures.ID.fullmatch(given) else ""
        account = stripe.account_of(payload) if isinstance(payload, dict) else ""
        found = f"{account}:{found}" if account and found else found
    elif source.is_crm:
        found = signatures.verify_crm(body, headers, secrets, now, method=method, url=url)
    else:
        found = signatures.verify_standard(body, headers, secrets, now)
    return found or f"sha256:{digest_of(source, body)[:40]}"


def count_refusal(source: InboundSource, refused: Refused, now: datetime) -> None:
    """Count a message that was not proven to be from its system."""
    InboundSource.objects.filter(pk=source.pk).update(
        refused_count=F("refused_count") + 1, refused_at=now, refused_reason=str(refused)[:40]
    )


def parse(body: bytes) -> Any:
    """Return the JSON in a body, its texts cleaned; None when there is none."""
    try:
        return clean_json(json.loads(body))
    except (ValueError, RecursionError):
        return None


def digest_of(source: InboundSource, body: bytes) -> str:
    """Return SHA-256 of what a message says: spaces, key order and Stripe's delivery counter make
    no difference.
    """
    payload = parse(body)
    if payload is None:
        return hashlib.sha256(body).hexdigest()
    if source.kind == InboundSource.Kind.STRIPE and isinstance(payload, dict):
        payload.pop("pending_webhooks", None)
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def take_message(
    *,
    source: InboundSource,
    external_id: str,
    body: bytes,
    headers: Mapping[str, str],
    now: datetime,
) -> Receipt:
    """Keep a verified message, then process it.

    The same id again gets the earlier result; another body is a conflict.
    """
    digest = digest_of(source, body)
    kept = {name: str(headers[name])[:300] for name in KEPT_HEADERS if name in headers}
    try:
        with transaction.atomic():
            message = InboundMessage.objects.create(
                source=source,
                external_id=external_id,
                body=body,
                headers=kept,
                digest=digest,
                received_at=now,
                next_try_at=now + GRACE,
            )
        is_new = True
    except IntegrityError:
        message, is_new = InboundMessage.objects.get(source=source, external_id=external_id), False
    if not is_new:
        if message.digest != digest:
            return _conflict(source, message)
        InboundMessage.objects.filter(pk=message.pk).update(repeat_count=F("repeat_count") + 1)
    else:
        stale = Q(received_at=None) | Q(received_at__lt=now - timedelta(minutes=1))
        InboundSource.objects.filter(stale, pk=source.pk).update(received_at=now)
    message = process_message(message_id=message.pk, now=now)
    done = message.state not in state_machine.MESSAGE.open
    return Receipt(200 if done else 202, result_of(message, duplicate=not is_new))


def _conflict(source: InboundSource, message: InboundMessage) -> Receipt:
    InboundMessage.objects.filter(pk=message.pk).update(conflict_count=F("conflict_count") + 1)
    InboundSource.objects.filter(pk=source.pk).update(conflict_count=F("conflict_count") + 1)
    log.warning("inbound_conflicts", source=source.slug, external_id=message.external_id)
    return Receipt(409, {"status": "conflict", "id": str(message.public_id)})


def result_of(message: InboundMessage, *, duplicate: bool) -> dict[str, Any]:
    """Return what became of a message as its sender may read it."""
    facts = [{key: one[key] for key in ("id", "kind", "status")} for one in message.facts]
    return {
        "id": str(message.public_id),
        "status": message.state,
        "duplicate": duplicate,
        "facts": facts,
    }


def process_message(*, message_id: int, now: datetime, again: bool = False) -> InboundMessage:
    """Turn one message into facts, in one transaction with its mark; when that fails it is kept and
    tried later.

    `again`: also one that was not understood (its mapping may have changed). Facts are told once
    all the same.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _process(message_id, now, again)
        except OperationalError:  # a deadlock: the whole transaction is safe to repeat
            if attempt < ATTEMPTS - 1:
                continue
            return _failed(message_id, now, again)
        except Exception:  # whatever it is, the message stays and its sender need not know
            log.exception("inbound_failed", message=message_id)
            return _failed(message_id, now, again)
    raise AssertionError("not reached")


def _process(message_id: int, now: datetime, again: bool) -> InboundMessage:
    message = (
        InboundMessage.objects.select_for_update(of=("self",))
        .select_related("source__program")
        .get(pk=message_id)
    )
    if not _is_unread(message, again):
        return message
    if again and not message.body:
        return message  # its content was deleted
    message.facts, message.note, message.name = (
        [],
        "",
        "deal" if message.source.is_crm else message.name,
    )
    try:
        reading = read(message, now)
    except ParseError as error:
        _set_state(message, S.UNUSABLE)
        message.note = str(error)[:200]
    else:
        message.name, message.note = reading.name[:80], reading.note[:200]
        _set_state(message, S.PROCESSED if reading.facts else S.IGNORED)
        for told in reading.facts:
            outcome = receive_fact(
                source=message.source.slug,
                external_id=told.external_id[:200],
                kind=told.kind,
                body=told.body,
                now=now,
                is_quiet=told.is_quiet,
            )
            message.facts.append(
                {
                    "id": outcome.public_id,
                    "kind": told.kind,
                    "status": outcome.status,
                    "state": outcome.state,
                }
            )
    message.processed_at, message.next_try_at, message.tries = now, None, message.tries + 1
    message.save(
        update_fields=["name", "state", "note", "facts", "tries", "next_try_at", "processed_at"]
    )
    return message


def _is_unread(message: InboundMessage, again: bool) -> bool:
    """Say whether a locked message is still to be read; somebody else may have done it."""
    return message.state in state_machine.MESSAGE.open or (again and message.state == S.UNUSABLE)


def _set_state(message: InboundMessage, state: str) -> None:
    if message.state != state:
        state_machine.MESSAGE.move(message, state)


def read(message: InboundMessage, now: datetime) -> Reading:
    """Return the facts a message holds. Raises NotUnderstood."""
    source, payload = message.source, parse(bytes(message.body))
    if payload is None:
        raise ParseError("no_json")
    if note := other_mode(source, modes.is_test(payload)):
        return Reading(_name_of(payload), note=note)
    program = source.program.slug
    if source.kind == InboundSource.Kind.STRIPE:
        if not isinstance(payload, dict):
            raise ParseError("no_event")
        return stripe.read(payload, program=program, knows_code=knows_code)
    if source.is_crm:
        return deals_of(source, message.received_at).read(payload)
    return standard.read(payload, program=program, message_id=message.external_id, now=now)


def other_mode(source: InboundSource, is_test: bool) -> str:
    """Return why a source does not count a message: it is a test, or the source takes only tests;
    "" when it does.
    """
    if is_test == (source.mode == InboundSource.Mode.TEST):
        return ""
    return "test_message" if is_test else "live_message"


def _name_of(payload: Any) -> str:
    return values.text(payload.get("type"), 80) if isinstance(payload, dict) else ""


def deals_of(source: InboundSource, now: datetime, **more: Any) -> Deals:
    """Return how the deals of a source are read."""
    mapping = DealMapping.of(source.mapping)
    more["takes_tests"] = source.mode == InboundSource.Mode.TEST
    return Deals(mapping, source.slug, source.program.slug, now, site_calendar().zone, **more)


def knows_code(code: str) -> bool:
    """Say whether a code is one of ours (systems also send their own ids where ours may stand)."""
    return len(code) <= 32 and ReferralLink.objects.filter(code=code).exists()


@transaction.atomic
def _failed(message_id: int, now: datetime, again: bool) -> InboundMessage:
    """Keep a message for later, unless somebody else has read it since this try was given up."""
    rows = InboundMessage.objects.select_for_update(of=("self",)).select_related("source")
    message = rows.get(pk=message_id)
    if not _is_unread(message, again):
        return message
    wait = WAITS[message.tries] if message.tries < len(WAITS) else None
    _set_state(message, S.FAILED)
    message.note, message.tries = "error", min(message.tries + 1, 1000)
    message.next_try_at = now + wait if wait else None
    message.save(update_fields=["state", "note", "tries", "next_try_at"])
    return message


def retry_messages(*, now: datetime, limit: int = 200) -> int:
    """Process what was kept but not processed: its worker died, or it failed and its time has come.

    Returns how many.
    """
    waiting = InboundMessage.objects.filter(
        state__in=state_machine.MESSAGE.open, next_try_at__lte=now
    )
    ids = list(waiting.order_by("next_try_at", "id").values_list("pk", flat=True)[:limit])
    return sum(
        process_message(message_id=pk, now=now).state not in state_machine.MESSAGE.open
        for pk in ids
    )


def try_again(*, source: InboundSource, now: datetime, limit: int = 200) -> int:
    """Process again what was not understood or given up: the mapping may have changed.

    Returns how many are facts now.
    """
    rows = InboundMessage.objects.filter(source=source, state__in=(S.UNUSABLE, S.FAILED)).exclude(
        body=b""
    )
    ids = list(rows.order_by("id").values_list("pk", flat=True)[:limit])
    return sum(
        process_message(message_id=pk, now=now, again=True).state == S.PROCESSED for pk in ids
    )

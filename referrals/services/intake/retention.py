"""Retention of inbound data: contents are deleted after 90 days or when a person is erased; ids and
results stay.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Lower

from portal.accounts.models import User
from referrals.models import DealRow, InboundMessage
from referrals.services.intake.webhooks import parse, process_message

KEPT: Final = timedelta(days=90)
S = InboundMessage.State
WAITING: Final = (S.RECEIVED, S.FAILED)


def forget_contents(*, now: datetime) -> int:
    """Empty messages and imported rows that are older than 90 days; return how many.

    What is still tried is kept.
    """
    old = InboundMessage.objects.filter(received_at__lt=now - KEPT).exclude(body=b"")
    emptied = old.exclude(Q(state__in=WAITING), Q(next_try_at__isnull=False)).update(
        body=b"", headers={}
    )
    rows = DealRow.objects.filter(batch__created_at__lt=now - KEPT).exclude(cells=[])
    return emptied + rows.update(cells=[])


def erase_person(user: User, now: datetime) -> None:
    """Empty every message and imported row that contains a person's mail address, however it is
    written there.

    A waiting message is processed before: its sender got a 202. When that fails, only the address
    is removed (not its domain, which identifies the company) and the message is retried.
    """
    if not user.email or "@" not in user.email:
        return
    for pk in _messages_with(user.email):
        message = InboundMessage.objects.get(pk=pk)
        if message.state in WAITING:
            message = process_message(message_id=pk, now=now)
        left = _without(user.email, bytes(message.body)) if message.state in WAITING else b""
        InboundMessage.objects.filter(pk=pk).update(body=left, headers={})
    text = Lower(Cast("cells", TextField()))
    DealRow.objects.alias(text=text).filter(text__contains=user.email.lower()).update(cells=[])


def _messages_with(email: str) -> list[int]:
    """Return the messages an address is in.

    The database leaves out those that can hold it in no spelling.
    """
    # bodies are bytes of any encoding, which the ORM cannot search
    with connection.cursor() as cursor:
        cursor.execute(
            r"""SELECT id, body FROM referrals_inboundmessage WHERE body <> '' AND (NOT %(ascii)s
            OR position('\x5c'::bytea in body) > 0 OR position(%(email)s in lower(encode(body,
                'escape'))) > 0)""",
            {"ascii": email.isascii(), "email": email.lower()},
        )
        return [pk for pk, body in cursor if _holds(email, bytes(body))]


def _holds(email: str, body: bytes) -> bool:
    """Say whether a body has an address in it: as it stands, or in what its JSON says (which may
    escape any letter).
    """
    if email.casefold() in body.decode(errors="replace").casefold():
        return True
    said = json.dumps(parse(body), ensure_ascii=False).casefold()
    return json.dumps(email, ensure_ascii=False)[1:-1].casefold() in said


def _without(email: str, body: bytes) -> bytes:
    """Return JSON in which an address has lost its person and kept its domain."""
    pattern, left = (
        re.compile(re.escape(email), re.IGNORECASE),
        f"erased@{email.rpartition('@')[2]}",
    )

    def strip(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda _: left, value)
        if isinstance(value, list):
            return [strip(one) for one in value]
        return (
            {strip(key): strip(one) for key, one in value.items()}
            if isinstance(value, dict)
            else value
        )

    return json.dumps(strip(parse(body)), ensure_ascii=False).encode()

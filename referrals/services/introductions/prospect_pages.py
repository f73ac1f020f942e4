"""The referee's page: who knows its address.

Their answers are handled in introductions.py.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from referrals.models import Referral
from referrals.rules import state_machine

Holder = Referral.PageHolder
TOKEN_DAYS: Final = 30
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")


class TokenClosed(ValueError):
    """The page was used, has expired or was erased."""


def new_token() -> str:
    """Return an address nobody guesses: 32 characters, 192 random bits."""
    return secrets.token_urlsafe(24)


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_token(token: str, now: datetime) -> Referral:
    """Return the introduction whose page a token opens. Raises TokenClosed."""
    found = (
        Referral.objects.select_related("program", "referrer", "referrer_organization")
        .filter(token_hash=token_digest(token), token_expires_at__gt=now)
        .first()
    )
    if found is None:
        raise TokenClosed
    return found


def take_page(referral: Referral, *, sent: str, own: str) -> str:
    """Close the address that the referrer sent, and return the token of the page that whoever
    answered goes on with.

    The browser proposes `own` together with the answer, so an answer sent twice comes to one page.
    A page that is somebody's own already stays where it is. The caller holds the row.
    """
    if referral.page_holder != Holder.SENDER:
        return sent
    token = own if is_token(own) else new_token()
    referral.page_holder, referral.token_hash = Holder.ANSWERER, token_digest(token)
    referral.save(update_fields=["page_holder", "token_hash"])
    return token


def may_renew(referral: Referral, now: datetime) -> bool:
    """Say whether the address is still the referrer's to pass on: open, and nobody has answered on
    it.
    """
    return (
        referral.page_holder == Holder.SENDER
        and referral.token_expires_at is not None
        and referral.token_expires_at > now
        and (referral.state in state_machine.OPEN or referral.state in state_machine.STAGES)
    )


@transaction.atomic
def renew_page(*, referral: Referral, now: datetime) -> str:
    """Return another address for a page that nobody has answered on; the one before closes. Its end
    stays.

    Raises TokenClosed when the page is not the referrer's to pass on any more.
    """
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if not may_renew(row, now):
        raise TokenClosed
    token = new_token()
    row.token_hash = token_digest(token)
    row.save(update_fields=["token_hash"])
    return token


@transaction.atomic
def give_page(*, referral: Referral, actor: User, now: datetime) -> str:
    """Make the page the referee's alone and return its token; every earlier address of it closes.

    Staff put it into their own message to the referee. Open for 30 days at least. Raises
    TokenClosed after erasure.
    """
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if row.token_hash is None or row.token_expires_at is None:
        raise TokenClosed
    token, before = new_token(), row.page_holder
    row.token_hash, row.page_holder = token_digest(token), Holder.DESK
    row.token_expires_at = max(row.token_expires_at, now + timedelta(days=TOKEN_DAYS))
    row.save(update_fields=["token_hash", "token_expires_at", "page_holder"])
    audit.record(
        "referrals.page.give",
        actor=actor,
        target=f"referrals.referral:{row.pk}",
        now=now,
        before={"holder": before},
        after={"holder": row.page_holder},
    )
    return token

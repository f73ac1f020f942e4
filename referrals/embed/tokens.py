"""Share tokens: a signed link id, valid for minutes.

Whoever holds one sees a link and its text, never a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from referrals.models import Program, ReferralLink

SALT = "referrals.share-token"
SECONDS = 900  # to show the card
SHARED_SECONDS = 12 * 3_600  # only logs a share: grants nothing, and a page stays open for long


class Expired(Exception):
    """It was good once."""


class BadToken(Exception):
    """Not ours, for another page, or its link is gone."""


def token_for(link: ReferralLink, *, origin: str, now: datetime) -> tuple[str, datetime]:
    """Return a token and when it ends. With an `origin` it opens only on pages of that origin."""
    body = {"l": link.pk, "o": origin} if origin else {"l": link.pk}
    return signing.dumps(body, salt=SALT), now + timedelta(seconds=SECONDS)


def preview_token(program: Program) -> str:
    """Return a token for the staff's preview, which belongs to nobody."""
    return signing.dumps({"p": program.pk}, salt=SALT)


def link_of(token: str, *, origin: str, seconds: int = SECONDS) -> ReferralLink:
    """Return the live link a token stands for. Raises Expired, BadToken."""
    try:
        body: Any = signing.loads(token[:500], salt=SALT, max_age=seconds)
    except signing.SignatureExpired as error:
        raise Expired from error
    except signing.BadSignature as error:
        raise BadToken from error
    if body.get("o", origin) != origin:
        raise BadToken
    if "p" in body:
        program = Program.objects.prefetch_related("rules").filter(pk=body["p"]).first()
        if program is None:
            raise BadToken
        return ReferralLink(program=program, code="example")
    rows = ReferralLink.objects.select_related("program", "user").prefetch_related("program__rules")
    live = rows.filter(
        pk=body.get("l"), retired_at=None, user__is_active=True, program__state=Program.State.OPEN
    )
    link = live.first()
    if link is None:
        raise BadToken
    return link

"""Referral links in Redis for the redirect: one hash per code, written through on every change,
filled on a miss.
"""

from __future__ import annotations

from typing import Any

import structlog
from redis.exceptions import RedisError

from portal.core.db.redis import connection
from referrals.models import ReferralLink
from referrals.services.links.redirect_target import target_of

log = structlog.get_logger(__name__)
KEY = "hz:link:"
SECONDS = 86_400
CONTENT_SECONDS = 600  # a link to a question asks again whether everybody may still read it
NOBODY_SECONDS = 60  # how long an unknown code is remembered as unknown


def fields_of(link: ReferralLink) -> dict[str, Any]:
    """Return what the redirect needs of a link."""

    return {"id": str(link.pk), "user": str(link.user_id or 0), "target": target_of(link)}


def _seconds(link: ReferralLink) -> int:
    return CONTENT_SECONDS if link.content_url else SECONDS


def _pairs(fields: dict[str, Any]) -> list[Any]:
    return [item for pair in fields.items() for item in pair]


def write_through(link: ReferralLink) -> None:
    """Put a link into Redis; a failure only costs the next click one SQL look-up."""
    try:
        pipe = connection().pipeline(transaction=True)
        pipe.delete(KEY + link.code)
        pipe.hset(KEY + link.code, items=_pairs(fields_of(link)))
        pipe.expire(KEY + link.code, _seconds(link))
        pipe.execute()
    except RedisError as error:
        log.warning("link_cache_unreachable", error=str(error))


def forget(codes: list[str]) -> int:
    """Drop cached links, so that their next click looks them up; return how many there may have
    been.
    """
    try:
        if codes:
            connection().delete(*(KEY + code for code in codes))
    except RedisError as error:
        log.warning("link_cache_unreachable", error=str(error))
    return len(codes)


def forget_program(program_id: int) -> None:
    """Drop every cached link of a program whose target or state changed."""
    codes = ReferralLink.objects.filter(program_id=program_id).values_list("code", flat=True)
    try:
        pipe = connection().pipeline(transaction=False)
        for code in codes.iterator(chunk_size=1_000):
            pipe.delete(KEY + code)
        pipe.execute()
    except RedisError as error:
        log.warning("link_cache_unreachable", error=str(error))


def find(code: str) -> ReferralLink | None:
    return ReferralLink.objects.select_related("program").filter(code=code).first()


def look_up(code: str) -> dict[str, Any] | None:
    """Return a link's fields from PostgreSQL (one query, two with a content), or None for a code
    nobody has.
    """
    link = find(code)
    return fields_of(link) if link else None


def fill(code: str) -> dict[str, Any] | None:
    """Look a code up in PostgreSQL and remember the answer in Redis, also that nobody has it."""
    link = find(code)
    fields = fields_of(link) if link else None
    try:
        pipe = connection().pipeline(transaction=False)
        pipe.hset(KEY + code, items=_pairs(fields or {"id": "0"}))
        pipe.expire(KEY + code, _seconds(link) if link else NOBODY_SECONDS)
        pipe.execute()
    except RedisError:
        pass
    return fields

"""Creating links and codes, and logging how they are shared."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import events
from portal.accounts.models import User
from referrals.edge import link_cache
from referrals.events import LinkShared
from referrals.models import Program, ReferralLink, ShareLog
from referrals.rules import eligibility

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0 o 1 l i: codes are read aloud and typed
CODE = re.compile(r"^[a-z0-9](?:[a-z0-9-]{1,22}[a-z0-9])$")
RESERVED = frozenset(
    "admin administrator api account accounts about help hazumi support staff login logout "
    "signup signin settings "
    "root system official security terms privacy welcome join null none test new free bonus "
    "gift refer referral "
    "moderator news blog status billing invoice pay payment payout reward landed".split()
)
# With look-alike digits read as letters. Codes are names more often than not: yamashita, yoshitaka,
# shitsumon, essex and grape hold such letters by chance, so what may be a part of a name offends
# only where it is a word.
OFFENSIVE = re.compile(
    r"fuck|shlt(?![aeou]|su)|nlgg|hltler|porno?(?![a-z])|(?:^|-)(?:cunt|fag(?:got|s)?(?:$|-)|rap(?:e(?:$|-|[drs])|lst)|nazl(?:$|-|s)|"
    r"sex(?:$|-|y|o)|chlnko|manko(?:$|-)|kuso(?:$|-)|shlne(?:$|-))"
)
DIGITS = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "2": "z"})
LOOKALIKES = {**DIGITS, ord("-"): ""}


class NotForYou(PermissionError):
    """The program is not open to this person; `why` is one of audience.py's reasons."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BadCode(ValueError):
    """The wished code cannot be used; `why` is shape, reserved, offensive or taken."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def skeleton(code: str) -> str:
    """Return a code as the eye sees it, so that aki7 and ak17 are the same."""
    return code.translate(LOOKALIKES).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def check_code(wish: str, *, own: ReferralLink | None = None) -> str:
    """Return the wished code in its stored form. Raises BadCode."""
    code = unicodedata.normalize("NFKC", wish).strip().lower()
    if not CODE.match(code) or code.isdigit() or "--" in code:
        raise BadCode("shape")
    if code in RESERVED or skeleton(code) in {skeleton(word) for word in RESERVED}:
        raise BadCode("reserved")
    read = code.translate(DIGITS)
    if OFFENSIVE.search(read) or OFFENSIVE.search(read.replace("-", "")):
        raise BadCode("offensive")
    others = ReferralLink.objects.filter(skeleton=skeleton(code))
    if own is not None:
        others = others.exclude(user=own.user)
    if others.exists():
        raise BadCode("taken")
    return code


@transaction.atomic
def link_for(*, user: User, program: Program, now: datetime) -> ReferralLink:
    """Return a person's live link into a program, created on first use.

    Raises NotForYou outside its audience.
    """
    found = ReferralLink.objects.filter(
        user=user, program=program, retired_at=None, content_url=""
    ).first()
    if found is not None:
        return found
    if why := eligibility.why_not(program, user, now):
        raise NotForYou(why)
    for _ in range(20):
        code = "".join(secrets.choice(ALPHABET) for _ in range(7))
        try:
            with transaction.atomic():
                link = ReferralLink.objects.create(
                    user=user,
                    program=program,
                    organization_id=user.organization_id,
                    code=code,
                    skeleton=skeleton(code),
                    created_at=now,
                )
        except IntegrityError:
            found = ReferralLink.objects.filter(
                user=user, program=program, retired_at=None, content_url=""
            ).first()
            if found is not None:
                return found
            continue
        transaction.on_commit(partial(link_cache.write_through, link), robust=True)
        return link
    raise RuntimeError("no free code after 20 tries")


@transaction.atomic
def choose_code(*, link: ReferralLink, wish: str, now: datetime) -> ReferralLink:
    """Give a person's link a code of their choice. The old code keeps working: it is never given to
    anybody else.

    Raises BadCode.
    """
    locked = (
        ReferralLink.objects.select_for_update(of=("self",))
        .select_related("program", "user")
        .get(pk=link.pk)
    )
    code = check_code(wish, own=locked)
    if code == locked.code:
        return locked
    again = ReferralLink.objects.filter(
        code=code, user=locked.user, program_id=locked.program_id
    ).first()
    ReferralLink.objects.filter(pk=locked.pk).update(retired_at=now)
    if again is not None:  # back to a code they had before
        ReferralLink.objects.filter(pk=again.pk).update(retired_at=None)
        again.refresh_from_db()
        fresh = again
    else:
        try:
            with transaction.atomic():
                fresh = ReferralLink.objects.create(
                    user_id=locked.user_id,
                    program=locked.program,
                    organization_id=locked.organization_id,
                    code=code,
                    skeleton=skeleton(code),
                    is_vanity=True,
                    beneficiary=locked.beneficiary,
                    created_at=now,
                )
        except IntegrityError as error:
            raise BadCode("taken") from error
    transaction.on_commit(lambda: link_cache.write_through(fresh), robust=True)
    return fresh


@transaction.atomic
def choose_beneficiary(*, link: ReferralLink, beneficiary: str) -> None:
    """Say who gets this person's future rewards.

    Raises ValueError for an unknown choice or a forbidden personal one.
    """
    if beneficiary not in ReferralLink.Beneficiary.values:
        raise ValueError(beneficiary)
    company = link.user.organization if link.user else None
    if (
        beneficiary == ReferralLink.Beneficiary.PERSON
        and company is not None
        and company.is_public_sector
    ):
        raise ValueError("public servants take no personal rewards")
    ReferralLink.objects.filter(user=link.user, program_id=link.program_id).update(
        beneficiary=beneficiary
    )


@transaction.atomic
def share_link(*, link: ReferralLink, channel: str, now: datetime) -> ShareLog:
    """Log that a link was shared. Raises ValueError for an unknown channel."""
    if channel not in ShareLog.Channel.values:
        raise ValueError(channel)
    row = ShareLog.objects.create(link=link, channel=channel, at=now)
    if link.user_id is not None:
        events.publish(
            LinkShared(
                title=link.program.name,
                url=reverse("referrals:hub"),
                referrer_id=link.user_id,
                program=link.program.slug,
                channel=channel,
                content=link.content_url,
            ),
            subject=f"referrals.link:{link.pk}",
            actor=link.user,
            organization=link.user.organization if link.user else None,
            now=now,
        )
    return row

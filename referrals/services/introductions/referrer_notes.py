"""Notes to the referrer between the stages: a person's, or an automatic one that says so."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from portal import audit, events
from portal.accounts.models import User
from referrals.events import ReferralNoted
from referrals.models import Referral, ReferralNote
from referrals.models.notes import CANNED
from referrals.services.state.transitions import about, organization_ref


class NothingToSay(ValueError):
    """Own words were promised and none were written."""


@transaction.atomic
def write_note(
    *,
    referral: Referral,
    actor: User,
    code: str,
    now: datetime,
    text: str = "",
    until: datetime | None = None,
) -> ReferralNote:
    """Write a dated note that the referrer reads and is notified of.

    Raises NothingToSay, ValueError.
    """
    if code not in {choice.value for choice in CANNED}:
        raise ValueError(code)
    if code == ReferralNote.Code.WORDS and not text.strip():
        raise NothingToSay
    note = add_note(referral=referral, actor=actor, code=code, now=now, text=text, until=until)
    audit.record(
        "referrals.referral.note",
        actor=actor,
        target=f"referrals.referral:{referral.pk}",
        now=now,
        after={"code": code, "text": note.text},
    )
    return note


def add_note(
    *,
    referral: Referral,
    actor: User,
    code: str,
    now: datetime,
    text: str = "",
    until: datetime | None = None,
) -> ReferralNote:
    """Store a staff note and count it as an update to the referrer.

    Part of the caller's transaction.
    """
    Referral.objects.filter(pk=referral.pk).update(noted_at=now)
    referral.noted_at = now
    note = ReferralNote.objects.create(
        referral=referral,
        code=code,
        text=text.strip()[:500],
        author_id=actor.pk,
        state=where(referral),
        until=until,
        at=now,
    )
    _tell(note, referral, now, actor)
    return note


def write_automatic_note(
    *, referral: Referral, code: str, key: str, now: datetime, until: datetime | None = None
) -> bool:
    """Write an automatic note once per `key`; return False when it was written before.

    It does not count as an update to the referrer: that is owed by a person.
    """
    if ReferralNote.objects.filter(referral=referral, key=key[:80]).exists():
        return False
    try:
        with transaction.atomic():
            note = ReferralNote.objects.create(
                referral=referral,
                code=code,
                key=key[:80],
                state=where(referral),
                until=until,
                at=now,
            )
    except IntegrityError:  # another process wrote it in this very moment
        return False
    _tell(note, referral, now, None)
    return True


def where(referral: Referral) -> str:
    """Return where an introduction stands, for the words of a note: its state, or "contacted"
    before any stage.
    """
    if referral.state == Referral.State.ACCEPTED and referral.contacted_at is not None:
        return "contacted"
    return referral.state


def _tell(note: ReferralNote, referral: Referral, now: datetime, actor: User | None) -> None:
    events.publish(
        ReferralNoted(
            **about(referral),
            code=note.code,
            is_automatic=actor is None,
            handler_id=referral.handler_id,
            until=note.until.isoformat() if note.until else "",
        ),
        subject=f"referrals.referral:{referral.pk}",
        now=now,
        actor=actor,
        organization=organization_ref(referral.referrer_organization_id),
    )

"""Asking for an introduction: only when earned, seldom, and never while the customer has an open
issue.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation

from portal import events
from portal.accounts.models import User
from referrals.events import AskMade
from referrals.models import Ask, EarnedMoment, Program, ReferralLink, ShareLog
from referrals.selectors.asks import is_held_out, why_not_now
from referrals.selectors.customer_pages import programs_for

UNSHARED_AFTER: Final = timedelta(days=14)
FRESH: Final = timedelta(days=90)  # an earned moment this recent still carries an ask


@transaction.atomic
def note_moment(*, user_id: int, kind: str, subject: str, at: datetime) -> Ask | None:
    """Record that something went well for a person, and ask them if they may be asked.

    Recording it again asks nothing.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    _, is_new = EarnedMoment.objects.get_or_create(
        user=user, kind=kind, subject=subject, defaults={"at": at}
    )
    return ask(user=user, kind=kind, moment=f"{kind}:{subject}", now=at) if is_new else None


@transaction.atomic
def ask(
    *, user: User, kind: str, moment: str, now: datetime, program: Program | None = None
) -> Ask | None:
    """Ask a person into the first program open to them; None when they may not be asked now.

    The hold-out group gets the row and no message: both groups follow the same rules, so that they
    can be compared.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # two moments at once are one ask
    into = program or next((row for row in programs_for(user, now) if row.asks_enabled), None)
    if (
        into is None
        or Ask.objects.filter(user=user, moment=moment).exists()
        or why_not_now(user, into, kind, now)
    ):
        return None
    row = Ask.objects.create(
        program=into,
        user=user,
        kind=kind,
        moment=moment,
        is_held_out=is_held_out(into, user.pk),
        asked_at=now,
    )
    if not row.is_held_out:
        with translation.override(user.language):
            name = into.name
        events.publish(
            AskMade(
                title=name,
                url=f"{reverse('referrals:hub')}?program={into.slug}",
                user_id=user.pk,
                program=into.slug,
                kind=kind,
            ),
            subject=f"referrals.ask:{row.pk}",
            now=now,
            organization=user.organization,
        )
    return row


def remind_unshared(*, now: datetime, limit: int = 500) -> int:
    """Ask people who have a link and never shared it, once per link, if something went well for
    them lately.
    """
    shared = ShareLog.objects.filter(
        link__user_id=OuterRef("user_id"), link__program_id=OuterRef("program_id")
    )
    glad = EarnedMoment.objects.filter(user_id=OuterRef("user_id"), at__gt=now - FRESH)
    before = Ask.objects.filter(
        user_id=OuterRef("user_id"), program_id=OuterRef("program_id"), kind=Ask.Kind.UNSHARED
    )
    links = (
        ReferralLink.objects.filter(
            retired_at=None,
            content_url="",
            user__is_active=True,
            created_at__lte=now - UNSHARED_AFTER,
            program__state=Program.State.OPEN,
            program__asks_enabled=True,
        )
        .filter(Exists(glad))
        .exclude(Exists(shared))
        .exclude(Exists(before))
        .select_related("user", "program")
        .order_by("pk")
    )
    done = 0
    for link in links[:limit]:
        assert link.user is not None
        if any(row.pk == link.program_id for row in programs_for(link.user, now)):
            row = ask(
                user=link.user,
                kind=Ask.Kind.UNSHARED,
                moment=f"{Ask.Kind.UNSHARED}:{link.program.slug}",
                now=now,
                program=link.program,
            )
            done += row is not None
    return done

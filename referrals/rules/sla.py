"""SLA rules of an introduction, and since when one is breached.

Reads only; the rules are stated once here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest

from portal.accounts.models import User
from portal.core.calendar.calendars import site_calendar
from portal.core.time import business_due, latest_start
from portal.teams.models import Signal
from referrals.models import Dispute, Referral, Reward, RiskFinding
from referrals.rules import state_machine

S = Referral.State
CONTACT_HOURS: Final = 18  # two business days until the first contact
SILENT_DAYS: Final = 14  # no open introduction without a note for longer
REMIND_DAYS: Final = 10  # from then on staff are reminded that they owe one
WARN_DAYS: Final = (14, 3)  # before an introduction ends for lack of progress
CONSENT_DAYS: Final = 30  # a page whose end is not known
DISPUTE_DAYS: Final = 14  # until a dispute is answered
FINDING_DAYS: Final = 7  # until somebody has judged a doubt
LATE_TRIGGER: Final = "introduction_late"
UNCONTACTED: Final = (S.SUBMITTED, S.ACCEPTED)
ON_US: Final = state_machine.OPEN - {S.CONSENT_PENDING}


def contact_due(referral: Referral) -> datetime | None:
    """Return by when the company is to be contacted for the first time; None when it was, or when
    that is not our turn.
    """
    if referral.contacted_at is not None or referral.state not in UNCONTACTED:
        return None
    return business_due(referral.state_since, CONTACT_HOURS, site_calendar())


def late_since(referral: Referral, now: datetime) -> datetime | None:
    """Return since when we owe the first contact or the next step; None when nothing is late."""
    due = contact_due(referral)
    if due is None and referral.state in ON_US:
        due = referral.next_due_at
    return due if due is not None and due < now else None


def is_late(now: datetime, hours: float = CONTACT_HOURS) -> Q:
    """Return the condition of `late_since`, for the database."""
    uncontacted = Q(state__in=UNCONTACTED, contacted_at=None)
    waited = uncontacted & Q(state_since__lte=latest_start(now, hours, site_calendar()))
    return waited | (Q(state__in=ON_US, next_due_at__lt=now) & ~uncontacted)


def owes_note(now: datetime, days: int = REMIND_DAYS) -> Q:
    """Return the condition that a person should write to the referrer; waiting for consent is not
    our turn.
    """
    return Q(state__in=ON_US, noted_at__lte=now - timedelta(days=days))


def with_end(*, before: datetime | None = None) -> QuerySet[Referral]:
    """Return introductions that can end for lack of progress, each with `ends_at`; none with an
    open dispute.

    With `before`: only those that end by then, the next one first.
    Accepted ones stand for the program's days after acceptance or first contact, and until a
    promised next step; those that wait for consent end with the page of the introduced person.
    """
    days = ExpressionWrapper(
        F("program__protection_days") * Value(timedelta(days=1)), output_field=DateTimeField()
    )
    since = Greatest(F("state_since"), Coalesce(F("contacted_at"), F("state_since")))
    stands = Greatest(
        ExpressionWrapper(since + days, output_field=DateTimeField()), F("next_due_at")
    )
    page = Coalesce(
        F("token_expires_at"),
        ExpressionWrapper(F("state_since") + timedelta(days=CONSENT_DAYS), DateTimeField()),
    )
    rows = (
        Referral.objects.filter(state__in=(S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED))
        .exclude(disputes__state=Dispute.State.OPEN)
        .annotate(
            ends_at=Case(
                When(state=S.CONSENT_PENDING, then=page),
                default=stands,
                output_field=DateTimeField(),
            )
        )
    )
    return rows.filter(ends_at__lte=before).order_by("ends_at", "pk") if before else rows


def findings_overdue(now: datetime, days: int = FINDING_DAYS) -> QuerySet[RiskFinding]:
    """Return doubts that nobody has closed for so many days, of introductions that have not
    ended.
    """
    rows = RiskFinding.objects.filter(closed_at=None, found_at__lte=now - timedelta(days=days))
    rows = rows.exclude(severity=RiskFinding.Severity.NOTE).exclude(
        referral__state__in=state_machine.ENDED
    )
    return rows.select_related("referral__program", "referral__organization").order_by(
        "found_at", "pk"
    )


def rewards_overdue(now: datetime) -> QuerySet[Reward]:
    """Return rewards whose hold is over and that nobody has approved.

    They stay unpaid until somebody does.
    """
    rows = Reward.objects.filter(
        state__in=(Reward.State.HELD, Reward.State.PENDING), due_at__lt=now
    )
    return rows.select_related("referral__program", "referral__organization", "referral").order_by(
        "due_at", "pk"
    )


def disputes_overdue(now: datetime) -> QuerySet[Dispute]:
    """Return disputes whose answer is overdue."""
    rows = Dispute.objects.filter(state=Dispute.State.OPEN, due_at__lt=now)
    return rows.select_related("referral__program", "referral__organization", "referral").order_by(
        "due_at", "pk"
    )


def owners(referrals: Iterable[Referral]) -> dict[int, User]:
    """Return who looks after late introductions that nobody has taken: the owners of their
    signals.
    """
    wanted = {f"referrals.referral:{row.pk}": row.pk for row in referrals if row.handler_id is None}
    if not wanted:
        return {}
    signals = (
        Signal.objects.unresolved()
        .filter(subject__in=wanted, rule__trigger=LATE_TRIGGER)
        .select_related("owner")
    )
    return {wanted[signal.subject]: signal.owner for signal in signals if signal.owner is not None}

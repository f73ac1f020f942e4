"""When a person may be asked for an introduction, and whether asking helps, compared with the
hold-out group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db.models import Exists, OuterRef, Q

from portal.accounts.models import User
from portal.flywheel.rules.statistics import wilson
from portal.notifications.models import Frequency, Preference
from portal.teams.models import Signal
from portal.teams.registry import waits_for_us
from referrals.models import Ask, Dispute, Program, ShareLog

WITHIN: Final = timedelta(days=14)  # a share so soon after an ask is counted to it
COUNTED: Final = timedelta(days=90)
GLAD: Final = ("first_post_of_person", "first_post_of_company")  # signals that are no complaint


def is_held_out(program: Program, user_id: int) -> bool:
    """Return whether a person is in the hold-out group of a program: derived from both ids, so
    always the same.
    """
    lot = (
        int.from_bytes(sha256(f"{program.public_id}:{user_id}".encode()).digest()[:4], "big")
        % 10_000
    )
    return lot < program.hold_out_percent * 100


def made_between(since: datetime, until: datetime) -> list[tuple[int, datetime]]:
    """Return who was asked in a window, and when: what the share rate of those asked divides by."""
    rows = Ask.objects.filter(asked_at__gte=since, asked_at__lt=until, is_held_out=False)
    return list(rows.values_list("user_id", "asked_at"))


def why_not_now(user: User, program: Program, kind: str, now: datetime) -> str:
    """Return why a person is not asked now: off, public, unwanted, rest, often, dispute, complaint,
    question; "" if they may be asked.
    """
    company = user.organization
    personal = program.fulfilment in (Program.Fulfilment.GIFT, Program.Fulfilment.CASH)
    if (
        not program.asks_enabled
        or not user.is_active
        or user.is_team
        or company is None
        or company.is_own
    ):
        return "off"
    if company.is_public_sector and personal:
        return "public"
    unwanted = Preference.objects.filter(
        user=user, kind=f"referral_{kind}", in_page=False, mail=Frequency.OFF
    )
    if unwanted.exists():
        return "unwanted"
    asked = Ask.objects.filter(user=user, asked_at__gt=now - COUNTED).order_by("-asked_at")
    moments = list(asked.values_list("asked_at", flat=True))
    if moments and moments[0] > now - timedelta(days=program.ask_rest_days):
        return "rest"
    if len(moments) >= program.ask_limit:
        return "often"
    return open_trouble(user, now)


def open_trouble(user: User, now: datetime) -> str:
    """Return the user's open issue: dispute, complaint (a signal no team has settled), question; ""
    when there is none.
    """
    if Dispute.objects.filter(
        Q(opened_by=user) | Q(referral__referrer=user), state=Dispute.State.OPEN
    ).exists():
        return "dispute"
    signals = (
        Signal.objects.unresolved().filter(person=user).exclude(subject__startswith="referrals.")
    )
    if signals.exclude(rule__trigger__in=GLAD).exists():
        return "complaint"
    return "question" if waits_for_us(user.pk, now) else ""


@dataclass(frozen=True)
class Arm:
    """One side of the comparison: how many moments, and after how many of them the link was shared
    within 14 days.
    """

    count: int
    shared: int

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.shared, self.count)


@dataclass(frozen=True)
class Lift:
    """The asked and the held-out, of moments whose 14 days are over, and how many still run."""

    sent: int
    asked: Arm
    held_out: Arm
    running: int


def lift(program: Program, now: datetime) -> Lift:
    """Return whether asking helps in a program, as counts; rates and intervals follow from them."""
    shared = ShareLog.objects.filter(
        link__user_id=OuterRef("user_id"),
        link__program_id=program.pk,
        at__gt=OuterRef("asked_at"),
        at__lte=OuterRef("asked_at") + WITHIN,
    )
    rows = list(
        Ask.objects.filter(program=program)
        .annotate(shared=Exists(shared))
        .values_list("is_held_out", "shared", "asked_at")
    )
    done = [(held, was_shared) for held, was_shared, at in rows if at <= now - WITHIN]
    arms = [
        Arm(
            sum(held == wanted for held, _ in done),
            sum(held == wanted and hit for held, hit in done),
        )
        for wanted in (False, True)
    ]
    return Lift(sum(not held for held, _, _ in rows), arms[0], arms[1], len(rows) - len(done))

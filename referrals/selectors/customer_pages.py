"""Queries of the customer's referral pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.core.db.pagination import Page, page_by_key
from portal.core.templatetags.display import person_called
from referrals.models import (
    Attribution,
    Click,
    ClickDay,
    Dispute,
    LedgerEntry,
    Program,
    Referral,
    ReferralChange,
    ReferralLink,
    Reward,
    RewardRule,
    Step,
)
from referrals.rules import reasons, sla, state_machine
from referrals.rules.eligibility import why_not
from referrals.rules.reward_tiers import Way, way
from referrals.selectors.unrewarded import why_no_reward
from referrals.services.rewards.reward_inputs import reward_inputs_of
from referrals.text import introductions, offers


@dataclass(frozen=True)
class Figures:
    """A person's rewards as the ledger has them, minor units of one currency."""

    currency: str = "JPY"
    earned: int = 0
    on_hold: int = 0
    available: int = 0
    in_payment: int = 0
    paid: int = 0
    owed: int = 0


def programs_for(user: User, now: datetime) -> list[Program]:
    """Return the open programs this person may introduce into, the default one first."""
    rows = Program.objects.filter(state=Program.State.OPEN).prefetch_related(
        "rules", "organizations"
    )
    return [
        program for program in rows.order_by("-is_default", "pk") if not why_not(program, user, now)
    ]


def figures_for(user: User) -> list[Figures]:
    """Return what the user earned, per currency, summed from the ledger's entries of their
    rewards.
    """
    sums: dict[str, dict[str, int]] = {}
    hers = Reward.objects.filter(user=user).values("pk")
    entries = LedgerEntry.objects.filter(transaction__reward_id__in=hers).order_by()
    for currency, kind, amount in (
        entries.values("currency", "account__kind")
        .annotate(n=Sum("amount"))
        .values_list("currency", "account__kind", "n")
    ):
        sums.setdefault(currency, {})[kind] = int(amount)
    return [
        Figures(
            currency=currency,
            earned=-by.get("program_expense", 0) + by.get("write_off", 0),
            on_hold=by.get("member_pending", 0),
            available=by.get("member_available", 0),
            in_payment=by.get("payout_clearing", 0),
            owed=-by.get("clawback_receivable", 0),
            paid=sum(
                by.get(kind, 0) for kind in ("fulfilled_cash", "fulfilled_credit", "fulfilled_gift")
            ),
        )
        for currency, by in sorted(sums.items())
    ]


@dataclass(frozen=True)
class Counts:
    """The three numbers of the hub; each opens its rows."""

    opened: int
    registered: int
    won: int


def counts_for(user: User) -> Counts:
    """Return how many people opened the user's links, registered, and became customers."""
    links = list(ReferralLink.objects.filter(user=user).values_list("pk", flat=True))
    opened = ClickDay.objects.filter(link_id__in=links, verdict=Click.Verdict.HUMAN).aggregate(
        n=Sum("count")
    )["n"]
    mine = Referral.objects.filter(referrer=user)
    return Counts(
        opened=opened or 0,
        registered=mine.filter(organization__isnull=False).exclude(state__in=REFUSED).count(),
        won=mine.filter(state__in=(Referral.State.WON, Referral.State.LIVE)).count(),
    )


def counts_of_link(link: ReferralLink) -> Counts:
    """Return how many people opened one link, registered by it, and became customers."""
    opened = ClickDay.objects.filter(link_id=link.pk, verdict=Click.Verdict.HUMAN).aggregate(
        n=Sum("count")
    )["n"]
    came = Referral.objects.filter(link=link)
    return Counts(
        opened=opened or 0,
        registered=came.filter(organization__isnull=False).exclude(state__in=REFUSED).count(),
        won=came.filter(state__in=(Referral.State.WON, Referral.State.LIVE)).count(),
    )


SHOWN: Final = 50
REFUSED = (Referral.State.REJECTED, Referral.State.MERGED, Referral.State.DISQUALIFIED)


@dataclass
class Tracked:
    """One introduction as its referrer sees it."""

    referral: Referral
    name: str
    person: str
    state: str
    tone: str
    steps: list[dict[str, str]]
    words: str
    rewards: list[Reward] = field(default_factory=list)
    late_since: datetime | None = None

    @property
    def url(self) -> str:
        return reverse("referrals:referral", args=[self.referral.public_id])


def tracked(
    user: User, *, only: str = "", cursor: str | None = None
) -> tuple[list[Tracked], Page[Referral]]:
    """Return a page of a person's introductions, the newest page first; on it the ones in motion
    come first.
    """
    rows = (
        Referral.objects.filter(referrer=user)
        .exclude(state__in=(Referral.State.DRAFT, Referral.State.MERGED))
        .select_related("program", "organization", "handler", "referee")
    )
    if only == "won":
        rows = rows.filter(state__in=(Referral.State.WON, Referral.State.LIVE))
    elif only == "registered":
        rows = rows.filter(organization__isnull=False).exclude(state__in=REFUSED)
    elif only == "open":
        rows = rows.filter(state__in=state_machine.OPEN)
    page = page_by_key(rows, order=("-introduced_at", "-pk"), cursor=cursor, size=SHOWN)
    found = sorted(
        page.items,
        key=lambda row: (row.state in state_machine.ENDED, -row.introduced_at.timestamp()),
    )
    return track(found), page


def track(referrals: list[Referral], *, staff: bool = False) -> list[Tracked]:
    """Put introductions into words; three queries for any number of them, one more when some are
    late.
    """
    ids = [row.pk for row in referrals]
    rewards: dict[int, list[Reward]] = {}
    for reward in Reward.objects.filter(referral_id__in=ids).order_by("pk"):
        rewards.setdefault(reward.referral_id, []).append(reward)
    dates = dates_of(referrals)
    now = timezone.now()
    late = {row.pk: since for row in referrals if (since := sla.late_since(row, now))}
    owners = sla.owners(row for row in referrals if row.pk in late)
    return [
        Tracked(
            referral=row,
            name=introductions.shown_name(row, staff=staff),
            person=introductions.shown_person(row, staff=staff),
            state=row.get_state_display(),
            tone=introductions.TONES.get(Referral.State(row.state), ""),
            steps=introductions.steps(row, dates.get(row.pk, {}), rewards.get(row.pk, [])),
            words=introductions.next_words(
                row, rewards.get(row.pk, []), _called(owners.get(row.pk))
            ),
            rewards=rewards.get(row.pk, []),
            late_since=late.get(row.pk),
        )
        for row in referrals
    ]


def _called(user: User | None) -> str:
    return person_called(user.display_name) if user else ""


def dates_of(referrals: list[Referral]) -> dict[int, dict[str, datetime]]:
    """Return when each introduction reached each stage: acceptance from its history, the rest from
    its company's steps.
    """
    found: dict[int, dict[str, datetime]] = {}
    for pk, after, at in ReferralChange.objects.filter(
        referral_id__in=[row.pk for row in referrals], after=Referral.State.ACCEPTED
    ).values_list("referral_id", "after", "at"):
        found.setdefault(pk, {}).setdefault(after, at)
    by_company: dict[tuple[int, int], dict[str, datetime]] = {}
    companies = [row.organization_id for row in referrals if row.organization_id]
    for program, organization, stage, at in Step.objects.filter(
        Q(referred__organization_id__in=companies), is_inferred=False
    ).values_list("referred__program_id", "referred__organization_id", "stage", "at"):
        by_company.setdefault((program, organization), {})[stage] = at
    for row in referrals:
        if row.organization_id and row.state in (*state_machine.STAGES, Referral.State.LOST):
            found.setdefault(row.pk, {}).update(
                by_company.get((row.program_id, row.organization_id), {})
            )
    return found


def explanation(referral: Referral) -> dict[str, Any]:
    """Return why this introduction is credited or not, the decision it rests on, and its
    dispute.
    """
    decision = None
    if referral.organization_id is not None:
        decision = Attribution.objects.filter(
            program_id=referral.program_id, organization_id=referral.organization_id, is_active=True
        ).first()
    return {
        "decision": decision,
        "is_credited": decision is not None and decision.referral_id == referral.pk,
        "why": reasons.to_referrer(referral.reason),
        "dispute": Dispute.objects.filter(referral=referral).order_by("-pk").first(),
        "no_reward": why_no_reward(referral),
        "claims": list(referral.candidates.order_by("occurred_at")),
    }


def clicks_by_day(user: User) -> list[dict[str, Any]]:
    """Return the days on which people opened the user's links, newest first: the drill-down of the
    first number.
    """
    links = list(ReferralLink.objects.filter(user=user).values_list("pk", flat=True))
    rows = (
        ClickDay.objects.filter(link_id__in=links, verdict=Click.Verdict.HUMAN)
        .values("day")
        .annotate(opened=Sum("count"), confirmed=Sum("confirmed_count"))
        .order_by("-day")
    )
    return [dict(row) for row in rows[:400]]


def active_rules(program: Program) -> list[RewardRule]:
    return [rule for rule in program.rules.all() if rule.is_active]


def tiered_rule(program: Program) -> RewardRule | None:
    """Return the rule with steps for the one who introduces, if a program has one."""
    return next(
        (rule for rule in active_rules(program) if rule.steps and rule.side == "referrer"), None
    )


def way_for(user: User, program: Program) -> dict[str, Any] | None:
    """Return how far a person is on a program's steps, in numbers and words; None without steps."""
    rule = tiered_rule(program)
    if rule is None:
        return None
    return _way(
        way(rule.steps, sum(case.counts for case in reward_inputs_of(program, user.pk))), program
    )


def first_way(program: Program) -> dict[str, Any] | None:
    """Return where somebody stands who has introduced nobody yet."""
    rule = tiered_rule(program)
    return _way(way(rule.steps, 0), program) if rule is not None else None


def _way(found: Way, program: Program) -> dict[str, Any]:
    return {
        "way": found,
        "words": offers.way_in_words(found, program),
        "goal": (found.goal or 1) - 1,
    }

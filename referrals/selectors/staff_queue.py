"""Queries of the staff desk: waiting introductions with their evidence; rewards to approve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.core.db.pagination import Page, page_by_key
from portal.core.templatetags.display import money
from referrals.models import Dispute, Fact, Referral, Reward, RiskFinding
from referrals.rules import sla, state_machine
from referrals.selectors import reference_calls
from referrals.selectors.customer_pages import Tracked, explanation, track
from referrals.selectors.deferred_records import PARKED_TOO_LONG, quiet_counts, waiting_too_long
from referrals.text import introductions, referrer_notes
from referrals.text.inbound import fact_in_words
from referrals.text.risk import in_words

S = Referral.State
SHOWN: Final = 100
FILTERS = ("waiting", "notes", "doubtful", "disputed", "open", "ended", "all")


def waiting(now: datetime) -> Q:
    """Say which introductions wait for a person here: not begun, not contacted, or something
    late.
    """
    return Q(state=S.SUBMITTED) | Q(state=S.ACCEPTED, contacted_at=None) | sla.is_late(now)


def waiting_count(now: datetime) -> int:
    """Return how many introductions wait: as many as the tab has, without looking up what it shows
    of each.
    """
    return Referral.objects.filter(waiting(now)).count()


def queue(which: str, now: datetime) -> QuerySet[Referral]:
    """Return introductions for one tab of the desk, the ones that wait longest first."""
    rows = Referral.objects.select_related(
        "program", "organization", "referrer", "referrer_organization", "handler", "referee"
    )
    rows = rows.annotate(
        doubts=Count(
            "findings",
            filter=Q(findings__closed_at=None) & ~Q(findings__severity="note"),
            distinct=True,
        )
    )
    if which == "waiting":
        rows = rows.filter(waiting(now))
    elif which == "notes":
        return rows.filter(sla.owes_note(now)).order_by("noted_at", "pk")
    elif which == "doubtful":
        rows = rows.filter(doubts__gt=0)
    elif which == "disputed":
        rows = rows.filter(disputes__state=Dispute.State.OPEN)
    elif which == "open":
        rows = rows.filter(state__in=state_machine.OPEN)
    elif which == "ended":
        rows = rows.filter(state__in=state_machine.ENDED)
    late_first = Case(When(sla.is_late(now), then=Value(0)), default=Value(1))
    return rows.order_by(late_first, F("next_due_at").asc(nulls_last=True), "introduced_at", "pk")


def shown(which: str, now: datetime, cursor: str | None) -> tuple[Page[Referral], int]:
    """Return what a tab shows of its queue, and how many that are in all when it is not all of
    them, else 0.

    What has ended is looked up, so it comes page by page, the newest first; a queue is worked off
    from its front.
    """
    rows = queue(which, now)
    if which in ("ended", "all"):
        return page_by_key(rows, order=("-introduced_at", "-pk"), cursor=cursor, size=SHOWN), 0
    found = list(rows[: SHOWN + 1])
    return Page(found[:SHOWN]), rows.count() if len(found) > SHOWN else 0


def tab_counts(now: datetime) -> dict[str, int]:
    """Return how many wait in each tab of the desk."""
    return {
        which: queue(which, now).count() for which in ("waiting", "notes", "doubtful", "disputed")
    } | {
        "calls": reference_calls.waiting_count(),
        "late": waiting_too_long(now).count(),
        "rewards": rewards_waiting().count(),
        "facts": waiting_facts().count(),
    }


def waiting_facts() -> QuerySet[Fact]:
    """Return messages that wait for another one or need a person; not those of companies that
    nobody introduced.
    """
    return Fact.objects.filter(
        Q(state=Fact.State.REVIEW) | Q(state=Fact.State.PARKED, is_quiet=False)
    )


def waiting_messages(now: datetime) -> dict[str, Any]:
    """Return what the page of messages shows: each with why it waits and whether it has waited too
    long.
    """
    late = now - PARKED_TOO_LONG
    facts = [
        {
            "fact": row,
            "why": fact_in_words(row.state, row.waits_for, row.result),
            "about": about_fact(row.body),
            "late": row.state == Fact.State.PARKED and row.received_at <= late,
        }
        for row in waiting_facts().order_by("received_at")[:SHOWN]
    ]
    return {
        "facts": facts,
        "whole": waiting_facts().count(),
        "late": waiting_too_long(now).count(),
        "quiet": quiet_counts(),
    }


def about_fact(body: dict[str, Any]) -> str:
    """Return what a person needs to judge a message: of which company or sale, how much, by what
    code, which stage.
    """
    amount, currency = body.get("amount") or body.get("total"), str(body.get("currency") or "")
    told = [
        body.get("domain"),
        body.get("invoice"),
        body.get("code"),
        body.get("stage"),
        body.get("program"),
    ]
    if isinstance(amount, int):
        told.insert(2, money(amount, currency) if currency else f"{amount:,}")
    return " · ".join(str(one) for one in told if one)


def rewards_waiting() -> QuerySet[Reward]:
    """Return rewards that need manual review, oldest due date first."""
    return (
        Reward.objects.filter(state__in=(Reward.State.HELD, Reward.State.PENDING))
        .select_related(
            "referral__organization", "referral__referrer", "program", "user", "organization"
        )
        .order_by("due_at", "pk")
    )


@dataclass
class Evidence:
    """Everything a person needs to judge one introduction."""

    row: Tracked
    findings: list[dict[str, Any]]
    history: list[Any]
    acts: list[AuditEntry]
    credit: dict[str, Any]
    moves: list[tuple[str, str]]
    rivals: list[Referral]
    notes: list[referrer_notes.Shown]


def evidence(referral: Referral) -> Evidence:
    """Put one introduction's findings, history, credit and possible moves together."""
    findings = [
        {"finding": row, "words": in_words(row)}
        for row in RiskFinding.objects.filter(referral=referral).order_by(
            "closed_at", "-severity", "pk"
        )
    ]
    rivals = (
        Referral.objects.filter(
            organization_id=referral.organization_id, program_id=referral.program_id
        )
        .exclude(pk=referral.pk)
        .select_related("referrer")
        if referral.organization_id
        else Referral.objects.none()
    )
    return Evidence(
        row=track([referral], staff=True)[0],
        findings=findings,
        history=list(referral.changes.order_by("version")),
        acts=list(
            AuditEntry.objects.filter(target=f"referrals.referral:{referral.pk}").order_by("-id")[
                :20
            ]
        ),
        credit=explanation(referral),
        moves=possible_moves(referral),
        rivals=list(rivals[:10]),
        notes=referrer_notes.shown(referral.notes.order_by("-at", "-pk")[:50]),
    )


def possible_moves(referral: Referral) -> list[tuple[str, str]]:
    """Return the states staff may move an introduction to from here, later stages included."""
    labels = dict(S.choices)
    state = referral.state
    found: list[str] = []
    if state in (S.SUBMITTED, S.CONSENT_PENDING):
        found = [S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY, S.WON, S.REJECTED]
    elif state in state_machine.RANK:
        found = [*state_machine.STAGES[state_machine.RANK[state] + 1 :]]
        found += [S.LOST] if state in (S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY) else []
        found += [S.REJECTED] if state == S.ACCEPTED else []
        found += [S.DISQUALIFIED]
    elif state == S.LOST:
        found = [S.QUALIFIED, S.OPPORTUNITY, S.WON]
    elif state in (S.DISQUALIFIED, S.EXPIRED) or (
        state == S.REJECTED and not referral.reason.startswith("rule:")
    ):
        found = [S.ACCEPTED]
    return [(value, str(labels[S(value)])) for value in found]


def reward_rows(rewards: list[Reward]) -> list[dict[str, Any]]:
    """Put rewards into words for the approval table."""
    return [
        {
            "reward": row,
            "name": introductions.shown_name(row.referral, staff=True),
            "tone": introductions.REWARD_TONES.get(row.state, ""),
            "overdue": row.state in (Reward.State.HELD, Reward.State.PENDING)
            and row.due_at < timezone.now(),
            "to": row.organization.name
            if row.beneficiary == "company" and row.organization
            else (row.user.display_name if row.user else ""),
        }
        for row in rewards
    ]

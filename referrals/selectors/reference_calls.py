"""Matching for reference calls: customers by fit, with the reasons, their load and the outcomes of
earlier calls.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import Organization, User
from portal.engagement.expertise import Shown, experts
from portal.search.tokens import normalise, tokens
from referrals.models import ReferenceInvitation, ReferenceOutcome, ReferenceRequest, Referral
from referrals.rules import reference_call_states as steps
from referrals.rules import state_machine
from referrals.services.reference_calls import LIVE, WINDOW, per_company, per_person
from referrals.text import introductions

S, I = ReferenceRequest.State, ReferenceInvitation.State  # noqa: E741  I: an invitation's states

POOL = 300
SHOWN = 12
WEIGHTY = re.compile(
    r"[\u30a0-\u30ff\u4e00-\u9fffa-z0-9]"
)  # particles and endings are written in hiragana


@dataclass
class Candidate:
    """One customer who could speak with the prospect, and why."""

    user: User
    company: Organization
    score: int = 0
    reasons: list[str] = field(default_factory=list)
    person_load: int = 0
    company_load: int = 0
    past: str = ""

    @property
    def is_full(self) -> bool:
        return self.person_load >= per_person() or self.company_load >= per_company()


def topic_words(text: str) -> list[str]:
    """Return the words of a topic that are worth looking for."""
    text = normalise(text)
    found = {text[token.begin : token.end] for token in tokens(text)}
    return sorted(word for word in found if len(word) > 1 and WEIGHTY.search(word))[:12]


def candidates(request: ReferenceRequest, now: datetime) -> list[Candidate]:
    """Return customers who may be asked, the best fit first; those at their cap stay visible at the
    end.
    """
    known = experts(topic_words(request.topic))
    rows = list(_pool(request, known))
    people, companies = _loads(now)
    past = _past([user.pk for user in rows])
    found = [_judge(user, request, known.get(user.pk), people, companies, past) for user in rows]
    return sorted(found, key=lambda row: (row.is_full, -row.score, row.person_load, row.user.pk))[
        :SHOWN
    ]


def _pool(request: ReferenceRequest, known: dict[int, Shown]) -> QuerySet[User]:
    company = "memberships__organization"
    rows = User.objects.filter(
        Q(
            is_active=True,
            erased_at=None,
            memberships__ended_at=None,
            **{f"{company}__is_own": False},
        ),
        Q(reference_preference=None) | Q(reference_preference__opted_out_at=None),
    ).exclude(**{f"{company}__lifecycle": Organization.Lifecycle.PROSPECT})
    rows = rows.exclude(pk__in=request.invitations.values("peer"))
    if request.referral is not None:  # whoever introduced them knows them already
        rows = rows.exclude(pk=request.referral.referrer_id)
    if request.organization_id is not None:
        rows = rows.exclude(
            memberships__organization_id=request.organization_id, memberships__ended_at=None
        )
    fits = Q(pk__in=list(known))
    if request.industry:
        fits |= Q(**{f"{company}__industry__iexact": request.industry})
    if request.size_band:
        fits |= Q(**{f"{company}__size_band": request.size_band})
    rows = rows.annotate(fits=Count("pk", filter=fits)).distinct()
    return rows.order_by("-fits", F("participation__score").desc(nulls_last=True), "pk")[:POOL]


def _loads(now: datetime) -> tuple[Counter[int], Counter[int]]:
    people: Counter[int] = Counter()
    companies: Counter[int] = Counter()
    rows = ReferenceInvitation.objects.filter(state__in=LIVE, invited_at__gt=now - WINDOW)
    for peer, company in rows.values_list("peer_id", "organization_id"):
        people[peer] += 1
        companies[company or 0] += 1
    return people, companies


def _past(users: list[int]) -> dict[int, str]:
    """Say of each customer what came of earlier calls."""
    told = {
        row["request__invitations__peer"]: row
        for row in ReferenceOutcome.objects.filter(
            side="prospect",
            happened=True,
            request__invitations__state=I.ACCEPTED,
            request__invitations__peer__in=users,
        )
        .values("request__invitations__peer")
        .annotate(calls=Count("pk"), useful=Count("pk", filter=Q(useful="yes")))
    }
    said_no = dict(
        ReferenceInvitation.objects.filter(peer__in=users, state=I.DECLINED)
        .values("peer")
        .annotate(last=Max("answered_at"))
        .values_list("peer", "last")
    )
    found = {}
    for user in users:
        parts = []
        if user in told:
            row = told[user]
            parts.append(_("Earlier calls: %(calls)s, useful: %(useful)s.") % row)
        if said_no.get(user):
            parts.append(_("Said no on %(day)s.") % {"day": introductions.day(said_no[user])})
        found[user] = " ".join(parts)
    return found


def _judge(
    user: User,
    request: ReferenceRequest,
    shown: Shown | None,
    people: Counter[int],
    companies: Counter[int],
    past: dict[int, str],
) -> Candidate:
    company = user.organization
    assert company is not None
    row = Candidate(
        user,
        company,
        person_load=people[user.pk],
        company_load=companies[company.pk],
        past=past[user.pk],
    )
    if request.industry and company.industry.casefold() == request.industry.casefold():
        row.score += 3
        row.reasons.append(_("Same industry: %(industry)s") % {"industry": company.industry})
    if request.size_band and company.size_band:
        if company.size_band == request.size_band:
            row.score += 2
            row.reasons.append(_("Same size: %(size)s") % {"size": company.size_band})
        elif _near(company.size_band, request.size_band):
            row.score += 1
            row.reasons.append(_("Similar size: %(size)s") % {"size": company.size_band})
    if shown is not None:
        row.score += min(2 + shown.count, 5)
        text = ngettext(
            "%(count)s accepted answer on this, e.g. “%(title)s”",
            "%(count)s accepted answers on this, e.g. “%(title)s”",
            shown.count,
        )
        row.reasons.append(text % {"count": shown.count, "title": shown.example})
    if user.language == request.language:
        row.score += 1
    else:
        row.score -= 3
        row.reasons.append(_("Reads another language here"))
    return row


def _near(mine: str, theirs: str) -> bool:
    """Say whether two size bands begin within a factor of four of each other."""
    first, second = (re.search(r"\d+", band.replace(",", "")) for band in (mine, theirs))
    if first is None or second is None:
        return False
    small, large = sorted((int(first.group()) or 1, int(second.group()) or 1))
    return large <= small * 4


# --- lists ---
TONES = {
    "asked": "yama",
    "invited": "ai",
    "suggested": "yama",
    "waiting": "yama",
    "agreed": "matsu",
    "held": "matsu",
    "failed": "akane",
    "withdrawn": "",
}


def for_staff(which: str) -> list[dict[str, Any]]:
    """Return the requests of one tab with whom was asked: those that wait for us first."""
    rows = ReferenceRequest.objects.select_related("referral", "handler").prefetch_related(
        "invitations__peer"
    )
    rows = (
        rows.filter(state__in=steps.OPEN) if which == "open" else rows.exclude(state__in=steps.OPEN)
    )
    order = {"suggested": 0, "asked": 0, "waiting": 1}
    found = sorted(
        rows.order_by("state_since")[:200],
        key=lambda row: (order.get(row.state, 2), row.state_since),
    )
    return [{"row": row, "tone": TONES[row.state], "peer": peer_of(row)} for row in found]


def peer_of(row: ReferenceRequest) -> ReferenceInvitation | None:
    """Return the invitation that stands."""
    return next((each for each in row.invitations.all() if each.state in LIVE), None)


def waiting_count() -> int:
    """Return how many wait for us: nobody is asked yet, or a suggestion has to be passed on."""
    return ReferenceRequest.objects.filter(state__in=(S.ASKED, S.SUGGESTED, S.WAITING)).count()


@dataclass
class Mine:
    """One reference call as the customer sees it. Name and address only when both agreed."""

    request: ReferenceRequest
    invitation: ReferenceInvitation
    state: str
    contact: str
    outcome: ReferenceOutcome | None
    became: str


def mine(user: User, *, only_waiting: bool = False) -> list[Mine]:
    """Return what a customer is or was asked for, newest first."""
    rows = ReferenceInvitation.objects.filter(peer=user).exclude(state=I.TAKEN_BACK)
    rows = (
        rows.select_related("request__referral")
        .prefetch_related("request__outcomes")
        .order_by("-invited_at")
    )
    if only_waiting:
        rows = rows.filter(state=I.INVITED, request__state=S.INVITED)
    return [_shown(row) for row in rows[:50]]


def _shown(row: ReferenceInvitation) -> Mine:
    request = row.request
    open_to_each_other = row.state == I.ACCEPTED and request.state in (S.AGREED, S.HELD)
    outcome = next((each for each in request.outcomes.all() if each.side == "peer"), None)
    return Mine(
        request=request,
        invitation=row,
        outcome=outcome,
        state=row.get_state_display()
        if row.state in (I.DECLINED, I.INVITED)
        else request.get_state_display(),
        contact=f"{request.name} <{request.email}>" if open_to_each_other else "",
        became=_became(request.referral)
        if row.state == I.ACCEPTED and request.state == S.HELD
        else "",
    )


def _became(referral: Referral | None) -> str:
    """Say what became of the prospect after the call."""
    if referral is None:
        return ""
    if referral.state in (Referral.State.WON, Referral.State.LIVE):
        return _("They became a customer. Your word helped.")
    if referral.state in state_machine.ENDED - {Referral.State.MERGED}:
        return _("It did not come to a contract. Thank you all the same.")
    return _("They are still deciding.")

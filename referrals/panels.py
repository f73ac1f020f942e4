"""Panels of introductions on shared pages."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from portal.accounts.models import Organization, User
from portal.accounts.permissions import can_administer, is_member, is_staff_member
from portal.core import time
from portal.core.web.panels import Panel
from referrals.models import Referral, ReferralLink, Reward
from referrals.rules import sla
from referrals.selectors import reference_calls, staff_queue
from referrals.selectors.customer_pages import active_rules, programs_for, track
from referrals.text import introductions


def ask_consent(request: HttpRequest, subject: object = None) -> Panel | None:
    """Ask a newcomer once whether the referrer may see their name."""
    user = request.user
    if not is_member(user) or user.date_joined < time.now() - timedelta(days=60):
        return None
    row = (
        Referral.objects.filter(referee=user, name_consent_at=None, token_expires_at=None)
        .select_related("referrer")
        .order_by("-pk")
        .first()
    )
    return Panel("referrals/panels/consent.html", {"referral": row}) if row else None


def reference(request: HttpRequest, subject: object = None) -> Panel | None:
    """Ask a customer whether they would take a reference call.

    There are no reminders elsewhere.
    """
    if not is_member(request.user) or request.user.works_here:
        return None
    rows = reference_calls.mine(request.user, only_waiting=True)
    return Panel("referrals/panels/reference.html", {"rows": rows}) if rows else None


def news(request: HttpRequest, subject: object = None) -> Panel | None:
    """Introductions of mine that moved lately or are in motion."""
    if not is_member(request.user) or request.user.works_here:
        return None
    rows = (
        Referral.objects.filter(referrer=request.user, noted_at__gt=time.now() - timedelta(days=30))
        .exclude(state__in=(Referral.State.DRAFT, Referral.State.MERGED))
        .select_related("program", "organization", "handler", "referee")
        .order_by("-noted_at")[:3]
    )
    found = track(list(rows))
    return Panel("referrals/panels/news.html", {"rows": found}) if found else None


def share(request: HttpRequest, subject: object = None) -> Panel | None:
    """ "If it helped, tell somebody": the reward in one sentence and a link to the hub."""
    if not is_member(request.user) or request.user.works_here:
        return None
    programs = programs_for(request.user, time.now())
    if not programs:
        return None
    sentence = introductions.reward_sentence(programs[0], active_rules(programs[0]))
    return Panel(
        "referrals/panels/share.html",
        {"sentence": sentence, "fulfilment": introductions.fulfilment(programs[0])},
    )


def organization(request: HttpRequest, subject: object = None) -> Panel | None:
    """Introductions a company received and made; staff only."""
    if not is_staff_member(request.user) or not isinstance(subject, Organization):
        return None
    chosen = ("program", "organization", "handler", "referee", "referrer")
    received = (
        Referral.objects.filter(organization=subject)
        .select_related(*chosen)
        .order_by("-introduced_at")[:10]
    )
    made = (
        Referral.objects.filter(referrer_organization=subject)
        .select_related(*chosen)
        .order_by("-introduced_at")[:10]
    )
    rewards = Reward.objects.filter(
        organization=subject, beneficiary=Reward.Beneficiary.COMPANY
    ).order_by("-granted_at")[:10]
    if not received and not made:
        return None
    return Panel(
        "referrals/panels/organization.html",
        {
            "received": track(list(received), staff=True),
            "made": track(list(made), staff=True),
            "rewards": rewards,
        },
    )


def member(request: HttpRequest, subject: object = None) -> Panel | None:
    """A member's introductions and links; staff only."""
    if not is_staff_member(request.user) or not isinstance(subject, User):
        return None
    rows = Referral.objects.filter(referrer=subject).select_related(
        "program", "organization", "handler", "referee"
    )
    found = track(list(rows.order_by("-introduced_at")[:10]), staff=True)
    links = ReferralLink.objects.filter(user=subject).order_by("-pk")[:5]
    return (
        Panel("referrals/panels/member.html", {"rows": found, "links": links})
        if found or links
        else None
    )


def today(request: HttpRequest, subject: object = None) -> Panel | None:
    """What of introductions waits for us today."""
    now = time.now()
    counts = staff_queue.tab_counts(now)
    if not any(counts.values()):
        return None
    late = track(list(staff_queue.queue("waiting", now).filter(sla.is_late(now))[:5]), staff=True)
    return Panel("referrals/panels/today.html", {"counts": counts, "late": late})


def settings(request: HttpRequest, subject: object = None) -> Panel | None:
    """Settings entry: inbound systems, for administrators."""
    return Panel("referrals/panels/settings.html") if can_administer(request.user) else None

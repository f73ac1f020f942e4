"""Sharing: both share rates, and the four rates of the way from click to lasting customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from portal.accounts.models import LifecycleChange, Membership, Organization, User
from referrals import ask_sources
from referrals.models import Click, ClickMonth, Milestones, ShareLog
from referrals.rules import ranks
from referrals.selectors.analytics.filters import WITHOUT_CLICK
from referrals.selectors.analytics.virality import Window, customers, won

OPEN = ("accepted", "qualified", "opportunity")
YEAR = timedelta(days=365)
ANSWER = timedelta(days=14)  # a share this soon after being asked answers the asking


def eligible() -> Any:
    """Return the people who may share: active members of customers."""
    active = Membership.objects.filter(ended_at=None, organization__in=customers().values("pk"))
    return User.objects.filter(is_active=True, pk__in=active.values("user"))


def sharers(look: Window) -> Any:
    """Return those of them who shared a link in the window."""
    return eligible().filter(
        pk__in=ShareLog.objects.filter(at__gte=look.since).values("link__user")
    )


def share_rates(look: Window) -> dict[str, Any]:
    """Return sharers ÷ eligible, and sharers ÷ asked where anybody is asked at all."""
    acts = ShareLog.objects.filter(at__gte=look.since)
    counts = eligible().aggregate(
        n=Count("pk"), sharers=Count("pk", filter=Q(pk__in=acts.values("link__user")))
    )
    found: dict[str, Any] = {"eligible": counts["n"], "sharers": counts["sharers"], "asked": None}
    asked = ask_sources.asked(look.since, look.now)
    if asked is not None:
        later: set[int] = set()
        for person, at in acts.filter(link__user__in=list(asked)).values_list("link__user", "at"):
            if person is not None and asked[person] <= at <= asked[person] + ANSWER:
                later.add(person)
        found |= {
            "asked": len(asked),
            "asked_sharers": sharers(look).filter(pk__in=list(asked)).count(),
            "answered": len(later),
        }
    return found


def since(look: Window) -> Any:
    """Return the introductions of the window whose company is registered."""
    return Milestones.objects.filter(
        is_counted=True, rank__gte=ranks.REGISTERED, introduced_at__gte=look.since
    )


def clicks_since(look: Window) -> Any:
    return ClickMonth.objects.filter(month__gte=look.first, verdict=Click.Verdict.HUMAN)


def won_a_year_ago(look: Window) -> Any:
    """Return companies won by introduction at least twelve months ago, with what their stage was
    twelve months later.
    """
    after = LifecycleChange.objects.filter(
        organization=OuterRef("organization"), at__lte=OuterRef("won_at") + YEAR
    ).order_by("-at", "-pk")
    return (
        won()
        .filter(won_at__lte=look.now - YEAR)
        .annotate(stage_then=Subquery(after.values("after")[:1]))
    )


GONE = (Organization.Lifecycle.DORMANT, Organization.Lifecycle.PROSPECT)


def stayed(look: Window) -> Any:
    return won_a_year_ago(look).filter(~Q(stage_then__in=GONE) | Q(stage_then=None))


def rates(look: Window) -> dict[str, tuple[int, int]]:
    """Return part and whole of the four rates and of the whole way."""
    opened = clicks_since(look).aggregate(n=Sum("count"))["n"] or 0
    counts = since(look).aggregate(
        leads=Count("pk"),
        clicked=Count("pk", filter=~Q(channel__in=WITHOUT_CLICK)),
        qualified=Count("pk", filter=Q(rank__gte=ranks.QUALIFIED)),
        won=Count("pk", filter=Q(rank__gte=ranks.WON)),
        still_open=Count("pk", filter=Q(state__in=OPEN)),
    )
    old = won_a_year_ago(look).aggregate(
        n=Count("pk"), stayed=Count("pk", filter=~Q(stage_then__in=GONE) | Q(stage_then=None))
    )
    return {
        "click_lead": (counts["clicked"], opened),
        "lead_qualified": (counts["qualified"], counts["leads"]),
        "qualified_won": (counts["won"], counts["qualified"]),
        "won_stayed": (old["stayed"], old["n"]),
        "lead_won": (counts["won"], counts["leads"]),
        "open": (counts["still_open"], counts["leads"]),
    }

"""Virality: K by month of activation and now, its factors, and which new customers were introduced.

Definitions: the unit is the company; activated is the moment it became a customer. All programs
together.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth

from portal.accounts.models import Organization
from portal.core.calendar.calendars import site_calendar
from portal.core.time import month_of
from portal.flywheel.rules.statistics import poisson
from referrals.models import Click, ClickMonth, Milestones, ReferralLink, ShareLog
from referrals.rules import ranks
from referrals.selectors.analytics.filters import WITHOUT_CLICK, begin_of, end_of, months_before

HORIZONS = (90, 180, 365)
MONTHS = 6  # of the window: the running month and the five before it


@dataclass(frozen=True)
class Window:
    """The months covered: from the first day of one until now."""

    first: date
    since: datetime
    now: datetime


def window(now: datetime) -> Window:
    first = months_before(month_of(now, site_calendar()), MONTHS - 1)
    return Window(first, begin_of(first), now)


def customers() -> Any:
    """Return the companies that are or were customers, our own not."""
    return Organization.objects.filter(is_own=False, became_customer_at__isnull=False)


def customers_at_start(look: Window) -> Any:
    return customers().filter(became_customer_at__lt=look.since)


def won() -> Any:
    """Return won introductions, each company once (two programs may have won the same one)."""
    rows = Milestones.objects.filter(is_counted=True, rank__gte=ranks.WON)
    earlier = rows.filter(organization=OuterRef("organization"), pk__lt=OuterRef("pk"))
    return rows.filter(~Exists(earlier))


def won_since(look: Window) -> Any:
    return won().filter(won_at__gte=look.since)


def of_a_customer(rows: Any) -> Any:
    """Keep introductions that a customer's person made and that were won after that company was
    activated.
    """
    return rows.filter(
        referrer_organization__is_own=False,
        won_at__gte=F("referrer_organization__became_customer_at"),
    ).annotate(
        month_of=TruncMonth(
            "referrer_organization__became_customer_at", tzinfo=site_calendar().zone
        )
    )


def within(days: int) -> Q:
    return Q(won_at__lte=F("referrer_organization__became_customer_at") + timedelta(days=days))


def activated_in(month: date) -> Any:
    return customers().filter(
        became_customer_at__gte=begin_of(month), became_customer_at__lt=end_of(month)
    )


def won_of_cohort(month: date, days: int) -> Any:
    """Return companies won within so many days of the activation of their referrer, who was
    activated in a month.
    """
    rows = of_a_customer(won()).filter(within(days))
    return rows.filter(
        referrer_organization__became_customer_at__gte=begin_of(month),
        referrer_organization__became_customer_at__lt=end_of(month),
    )


@dataclass(frozen=True)
class Ratio:
    """A count over companies, with the exact Poisson interval of the count."""

    count: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.n if self.n else 0.0

    @property
    def ceiling(self) -> float | None:
        """Return how many customers each one becomes in the end when K stays as it is; None when it
        has no end.
        """
        return 1 / (1 - self.value) if self.value < 1 else None


def ratio(count: int, n: int) -> Ratio:
    low, high = poisson(count)
    return Ratio(count, n, low / n if n else 0.0, high / n if n else 0.0)


def cohort_counts(*, months: int = 12) -> list[dict[str, Any]]:
    """Return for the newest months of activation how many companies, and what they brought within
    90, 180, 365 days.
    """
    rows = (
        customers()
        .annotate(month_of=TruncMonth("became_customer_at", tzinfo=site_calendar().zone))
        .order_by("-month_of")
        .values("month_of")
        .annotate(n=Count("pk"))[:months]
    )
    counts = {
        row["month_of"]: row
        for row in of_a_customer(won())
        .order_by()
        .values("month_of")
        .annotate(**{f"h{days}": Count("pk", filter=within(days)) for days in HORIZONS})
    }
    return [
        {"month": f"{row['month_of']:%Y-%m}", "n": row["n"]}
        | {f"h{days}": counts.get(row["month_of"], {}).get(f"h{days}", 0) for days in HORIZONS}
        for row in rows
    ]


def cohorts(counted: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return K after 90, 180 and 365 days for each month of activation; a month too young for a
    horizon is censored.
    """
    found = []
    for row in counted:
        key, n, end = row["month"], row["n"], end_of(date.fromisoformat(f"{row['month']}-01"))
        cells = []
        for days in HORIZONS:
            ripe = end + timedelta(days=days)
            cells.append(
                {
                    "days": days,
                    "is_ripe": ripe <= now,
                    "ripe_at": ripe,
                    "k": ratio(row[f"h{days}"], n),
                    "query": f"stage=k{days}-{key}",
                }
            )
        found.append({"key": key, "n": n, "query": f"stage=activated-{key}", "cells": cells})
    return found


def shares(look: Window) -> Any:
    """Return acts of sharing in the window by people of companies that were customers when it
    began.
    """
    return ShareLog.objects.filter(
        at__gte=look.since, link__organization_id__in=customers_at_start(look).values("pk")
    )


def sharing_companies(look: Window) -> Any:
    return customers_at_start(look).filter(pk__in=shares(look).values("link__organization_id"))


def chain_clicks(look: Window) -> Any:
    """Return people's clicks in the window on links of the companies that shared."""
    links = ReferralLink.objects.filter(
        organization_id__in=shares(look).values("link__organization_id")
    )
    return ClickMonth.objects.filter(
        month__gte=look.first, verdict=Click.Verdict.HUMAN, link__in=links
    )


def chain_leads(look: Window) -> Any:
    """Return companies registered in the window through a click, introduced by people of companies
    that shared.
    """
    return Milestones.objects.filter(
        is_counted=True,
        rank__gte=ranks.REGISTERED,
        introduced_at__gte=look.since,
        referrer_organization__in=shares(look).values("link__organization_id"),
    ).exclude(channel__in=WITHOUT_CLICK)


def chain_won(look: Window) -> Any:
    return won_since(look).filter(pk__in=chain_leads(look).values("pk"))


def factor_counts(look: Window) -> dict[str, int]:
    """Return what K of the window and the chain of its factors are made of."""
    shared = shares(look).aggregate(
        companies=Count("link__organization_id", distinct=True), acts=Count("pk")
    )
    leads = chain_leads(look).aggregate(
        n=Count("pk"), qualified=Count("pk", filter=Q(rank__gte=ranks.QUALIFIED))
    )
    by_chain = Q(pk__in=chain_leads(look).values("pk"))
    split = won_since(look).aggregate(
        n=Count("pk"),
        named=Count("pk", filter=Q(channel__in=WITHOUT_CLICK)),
        chain=Count("pk", filter=by_chain),
    )
    return {
        "customers": customers_at_start(look).count(),
        "sharing": shared["companies"],
        "shares": shared["acts"],
        "opened": chain_clicks(look).aggregate(n=Sum("count"))["n"] or 0,
        "leads": leads["n"],
        "leads_qualified": leads["qualified"],
        "leads_won": split["chain"],
        "won": split["n"],
        "named": split["named"],
    }


def factors(counted: dict[str, int]) -> dict[str, Any]:
    """Return K of the window (companies won by introduction ÷ customers when it began) and the
    chain of its factors.

    In the chain each step's numerator is the next one's denominator, so that the product is exact;
    what was won on another way is counted beside it.
    """
    keys = ("customers", "sharing", "shares", "opened", "leads", "leads_qualified", "leads_won")
    steps = []
    for before, key in itertools.pairwise(keys):
        part, whole = counted[key], counted[before]
        steps.append(
            {"key": key, "part": part, "whole": whole, "value": part / whole if whole else None}
        )
    n, last, measured, named = (counted[key] for key in ("customers", "leads_won", "won", "named"))
    return {
        "steps": steps,
        "k": ratio(measured, n),
        "product": last / n if n else None,
        "won": last,
        "n": n,
        "measured": measured,
        "named": named,
        "others": measured - named - last,
    }


def fresh_customers(look: Window) -> Any:
    """Return companies that became customers in the window."""
    return customers().filter(became_customer_at__gte=look.since)


def earned_share(look: Window) -> tuple[int, int]:
    """Return how many new customers were introduced, and how many there are."""
    introduced = Count("pk", filter=Q(pk__in=won().values("organization")))
    found = fresh_customers(look).aggregate(n=Count("pk"), introduced=introduced)
    return found["introduced"], found["n"]


def earned(look: Window) -> Any:
    """Return those of them whose won introduction is on record."""
    return fresh_customers(look).filter(pk__in=won().values("organization"))

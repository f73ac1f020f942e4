"""Drill-down of the numbers of the virality page ("How it spreads")."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.templatetags.display import member_url
from referrals.models import ShareLog
from referrals.rules import ranks
from referrals.selectors.analytics import cycle_time, sharing, virality
from referrals.selectors.analytics.drilldown import (
    Cell,
    DrillDown,
    clicks_behind,
    day,
    introductions_behind,
)
from referrals.selectors.analytics.filters import WITHOUT_CLICK, channel_label
from referrals.selectors.analytics.virality import Window
from referrals.text import metric_definitions


def _company(row: Any) -> Cell:
    return Cell(row.name, reverse("accounts:organization", args=[row.public_id]))


def companies_behind(label: Any, words_: Any, rows: Any) -> DrillDown:
    """Return companies as rows, with the introduction that brought them where there is one."""
    by = virality.won().filter(organization=OuterRef("pk")).values("referrer__display_name")[:1]
    heads = (
        ("company", _("Company")),
        ("customer_since", _("Customer since")),
        ("stage", _("Stage")),
        ("introduced_by", _("Introduced by")),
    )

    def cells(row: Any) -> list[Cell]:
        return [
            _company(row),
            Cell(day(row.became_customer_at)),
            Cell(row.get_lifecycle_display()),
            Cell(row.introduced_by or ""),
        ]

    rows = rows.annotate(introduced_by=Subquery(by))
    return DrillDown(str(label), str(words_), rows, ("-became_customer_at", "-id"), heads, cells)


def rounds_behind(label: Any, words_: Any, rows: Any) -> DrillDown:
    """Return companies with the three moments of their round."""
    heads = (
        ("company", _("Company")),
        ("activated", _("Activated")),
        ("shared", _("First share")),
        ("brought", _("First company brought")),
    )

    def cells(row: Any) -> list[Cell]:
        return [
            _company(row),
            Cell(day(row.became_customer_at)),
            Cell(day(row.shared_at) if row.first else ""),
            Cell(day(row.came)),
        ]

    return DrillDown(str(label), str(words_), rows, ("-became_customer_at", "-id"), heads, cells)


def people_behind(label: Any, words_: Any, rows: Any) -> DrillDown:
    """Return people as rows."""
    heads = (("person", _("Person")), ("company", _("Company")))

    def cells(row: Any) -> list[Cell]:
        return [Cell(row.display_name, member_url(row)), Cell(row.company or "")]

    rows = rows.filter(memberships__ended_at=None).annotate(
        company=F("memberships__organization__name")
    )
    return DrillDown(str(label), str(words_), rows, ("-id",), heads, cells)


def shares_behind(label: Any, words_: Any, rows: Any) -> DrillDown:
    """Return acts of sharing as rows."""
    heads = (
        ("shared", _("When")),
        ("referrer", _("By")),
        ("channel", _("Channel")),
        ("content", _("Shared content")),
    )

    def cells(row: ShareLog) -> list[Cell]:
        person = row.link.user
        return [
            Cell(day(row.at)),
            Cell((person.display_name if person else "") or _("Former member")),
            Cell(channel_label(row.channel)),
            Cell(row.link.content_url),
        ]

    return DrillDown(
        str(label), str(words_), rows.select_related("link__user"), ("-at", "-id"), heads, cells
    )


Make = Callable[[Any, Any, Any], DrillDown]
LABELS = {
    "customers": gettext_lazy("Customers at the start"),
    "won_since": gettext_lazy("Won by introduction"),
    "sharing": gettext_lazy("Companies that shared"),
    "shares": gettext_lazy("Acts of sharing"),
    "opened": gettext_lazy("People who opened their links"),
    "leads": gettext_lazy("Registered through these clicks"),
    "leads_qualified": gettext_lazy("Qualified of those"),
    "leads_won": gettext_lazy("Won of those"),
    "named_won": gettext_lazy("Won without a click"),
    "new": gettext_lazy("New customers"),
    "earned": gettext_lazy("New customers who were introduced"),
    "eligible": gettext_lazy("People who may share"),
    "sharers": gettext_lazy("People who shared"),
    "clicks_since": gettext_lazy("People who opened a link"),
    "registered": gettext_lazy("Introduced companies registered"),
    "by_click": gettext_lazy("Registered after a click"),
    "qualified_since": gettext_lazy("Qualified"),
    "won_of_since": gettext_lazy("Won of the window's introductions"),
    "open_since": gettext_lazy("Still open"),
    "year_old": gettext_lazy("Won at least twelve months ago"),
    "stayed": gettext_lazy("Still customers after twelve months"),
    "round_share": gettext_lazy("Activation to first share"),
    "round_brought": gettext_lazy("First share to a company brought"),
}


def _sources(look: Window) -> dict[str, tuple[Make, Callable[[], Any]]]:
    """Return for each number how to build its rows and the query of those rows."""
    introduced, company, clicks = introductions_behind, companies_behind, clicks_behind
    return {
        "customers": (company, lambda: virality.customers_at_start(look)),
        "won_since": (introduced, lambda: virality.won_since(look)),
        "sharing": (company, lambda: virality.sharing_companies(look)),
        "shares": (shares_behind, lambda: virality.shares(look)),
        "opened": (clicks, lambda: virality.chain_clicks(look).annotate(clicks=F("count"))),
        "leads": (introduced, lambda: virality.chain_leads(look)),
        "leads_qualified": (
            introduced,
            lambda: virality.chain_leads(look).filter(rank__gte=ranks.QUALIFIED),
        ),
        "leads_won": (introduced, lambda: virality.chain_won(look)),
        "named_won": (
            introduced,
            lambda: virality.won_since(look).filter(channel__in=WITHOUT_CLICK),
        ),
        "new": (company, lambda: virality.fresh_customers(look)),
        "earned": (company, lambda: virality.earned(look)),
        "eligible": (people_behind, sharing.eligible),
        "sharers": (people_behind, lambda: sharing.sharers(look)),
        "clicks_since": (clicks, lambda: sharing.clicks_since(look).annotate(clicks=F("count"))),
        "registered": (introduced, lambda: sharing.since(look)),
        "by_click": (introduced, lambda: sharing.since(look).exclude(channel__in=WITHOUT_CLICK)),
        "qualified_since": (
            introduced,
            lambda: sharing.since(look).filter(rank__gte=ranks.QUALIFIED),
        ),
        "won_of_since": (introduced, lambda: sharing.since(look).filter(rank__gte=ranks.WON)),
        "open_since": (introduced, lambda: sharing.since(look).filter(state__in=sharing.OPEN)),
        "year_old": (introduced, lambda: sharing.won_a_year_ago(look)),
        "stayed": (introduced, lambda: sharing.stayed(look)),
        "round_share": (rounds_behind, lambda: cycle_time.companies(look.now)),
        "round_brought": (rounds_behind, lambda: cycle_time.sharing(look.now)),
    }


def behind(stage: str, now: datetime) -> DrillDown | None:
    """Return what stands behind a number, or None when there is no such number."""
    kind, _dash, month = stage.partition("-")
    if month:
        return _of_month(kind, month)
    look = virality.window(now)
    source = _sources(look).get(stage)
    if source is None:
        return None
    make, rows = source
    return make(LABELS[stage], metric_definitions.SPREAD[stage], rows())


def _of_month(kind: str, text: str) -> DrillDown | None:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    if kind == "activated":
        label = _("Activated in %(month)s") % {"month": text}
        return companies_behind(
            label, metric_definitions.SPREAD["activated"], virality.activated_in(month)
        )
    if kind in {f"k{days}" for days in virality.HORIZONS}:
        days = int(kind[1:])
        label = _("Won within %(days)s days of the activation of their referrer in %(month)s") % {
            "days": days,
            "month": text,
        }
        return introductions_behind(
            label, metric_definitions.SPREAD["k"], virality.won_of_cohort(month, days)
        )
    return None

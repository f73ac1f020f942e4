"""Since when an introduced company is a customer, by its sales, and which sales an introduction
brought.

Both are derived from the records each time, so they do not depend on the order of arrival.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, Min, OuterRef, Q

from portal.accounts.models import Organization
from portal.accounts.services import date_by_sale
from portal.core.calendar.calendars import site_calendar
from portal.core.time import day_of
from referrals.models import (
    AttributionCandidate,
    Conversion,
    Referral,
    ReferredOrganization,
    Step,
)
from referrals.services.state.transitions import steps_of

S = Referral.State


def is_older(moment: datetime | None, than: datetime) -> bool:
    """Say whether something happened on a day before `than`, by the calendar of the site."""
    if moment is None or moment >= than:
        return False
    calendar = site_calendar()
    return day_of(moment, calendar) < day_of(than, calendar)


def first_sale_of(organization_id: int) -> datetime | None:
    """Return the earliest sale of a company that stands, in any program; None when there is none.

    A sale that was wholly refunded does not stand, nor do those of a company whose every
    introduction was disqualified. A contract that was reported without an amount counts too.
    """
    introduced = AttributionCandidate.objects.filter(referred=OuterRef("pk")).exclude(
        referral__state=S.DISQUALIFIED
    )
    companies = ReferredOrganization.objects.filter(
        Exists(introduced), organization_id=organization_id
    )
    sales = Conversion.objects.filter(referred=OuterRef("referred"))
    standing = Q(refunded_amount__lt=F("amount"))
    contracts = Step.objects.filter(
        ~Exists(sales.exclude(standing).filter(occurred_at=OuterRef("at"))),
        ~Exists(sales) | Exists(sales.filter(standing)),
        referred__in=companies,
        stage__in=(S.WON, S.LIVE),
        is_inferred=False,
    )
    found = (
        Conversion.objects.filter(standing, referred__in=companies).aggregate(
            at=Min("occurred_at")
        )["at"],
        contracts.aggregate(at=Min("at"))["at"],
    )
    return min((moment for moment in found if moment is not None), default=None)


def follow_sales(organization_id: int, *, now: datetime) -> bool:
    """Bring a company's status in line with its sales; return whether its date as a customer
    changed.

    The caller holds the lock of the company in a program.
    """
    first = first_sale_of(organization_id)
    organization = Organization.objects.get(pk=organization_id)
    if organization.first_sale_at == first or organization.is_own:
        return False
    return date_by_sale(organization=organization, first_sale_at=first, now=now)


def sales_brought(referral: Referral, referred_id: int, *, by_staff: bool) -> list[Conversion]:
    """Return the sales an introduction is credited for, earliest first: none of an earlier day,
    unless staff decided who is credited.
    """
    sales = list(
        Conversion.objects.filter(referred_id=referred_id).order_by("occurred_at", "invoice")
    )
    if by_staff:
        return sales
    return [sale for sale in sales if not is_older(sale.occurred_at, referral.introduced_at)]


def steps_brought(
    referral: Referral, steps: list[Step], sales: list[Conversion], *, by_staff: bool
) -> list[Step]:
    """Return the dated steps of a company that count for an introduction: its contract is the
    first sale that the introduction brought.
    """
    found = [
        step
        for step in steps
        if by_staff
        or step.stage not in (S.WON, S.LIVE)
        or not is_older(step.at, referral.introduced_at)
    ]
    if sales:
        won = next((step for step in found if step.stage == S.WON), None)
        if won is None or won.is_inferred or won.at > sales[0].occurred_at:
            found = [step for step in found if step is not won]
            found.append(
                Step(referred_id=sales[0].referred_id, stage=S.WON, at=sales[0].occurred_at)
            )
    return found


def standing_of(
    referral: Referral, referred_id: int, *, by_staff: bool
) -> tuple[list[Conversion], list[Step]]:
    """Return the sales and the dated steps that count for an introduction."""
    sales = sales_brought(referral, referred_id, by_staff=by_staff)
    return sales, steps_brought(referral, steps_of(referred_id), sales, by_staff=by_staff)

"""Participation panels on the member's and the organization's page."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest

from portal.accounts.models import Organization, User
from portal.accounts.permissions import is_staff_member
from portal.core import time
from portal.core.web.panels import Panel
from portal.engagement import selectors
from portal.engagement.decay import value_at


def member(request: HttpRequest, person: User) -> Panel | None:
    """How much a person takes part; the number itself is visible to them and to staff only."""
    if request.user != person and not is_staff_member(request.user):
        return None
    now = time.now()
    kinds = Counter(selectors.recent_entries(person, now).values_list("event_name", flat=True))
    value = selectors.current_value(person, now)
    if not value:
        return None
    return Panel("engagement/member_panel.html", {"value": value, "count": sum(kinds.values())})


def organization(request: HttpRequest, company: Organization) -> Panel | None:
    """How broadly a company takes part, and whether it hangs on one person. Staff only."""
    if not is_staff_member(request.user) or company.is_own:
        return None
    now = time.now()
    people = [(row.user, value_at(row.score, now)) for row in selectors.top_of_company(company)]
    context = {
        "value": selectors.current_company_value(company, now),
        "breadth": selectors.company_breadth(company, now),
        "active": selectors.active_people(company, now),
        "people": people,
    }
    return Panel("engagement/organization_panel.html", context)

"""An organization's turns on its page."""

from __future__ import annotations

from django.http import HttpRequest

from portal.accounts.models import Organization
from portal.accounts.permissions import is_staff_member
from portal.core.web.panels import Panel
from portal.events import readable
from portal.flywheel.models import Turn


def organization(request: HttpRequest, company: Organization) -> Panel | None:
    """What a company said and how far each voice came. Staff only."""
    if not is_staff_member(request.user) or company.is_own:
        return None
    rows = list(
        Turn.objects.filter(organization=company, started_at__isnull=False).order_by(
            "-started_at", "-pk"
        )[:8]
    )
    readable.conceal(request.user, rows, lambda turn: [turn.subject])
    return Panel("flywheel/organization_panel.html", {"turns": rows})

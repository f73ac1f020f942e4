"""The search entry on the staff settings page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.accounts.permissions import can_administer
from portal.core.web.panels import Panel


def settings_panel(request: HttpRequest, subject: Any) -> Panel | None:
    """Administrators find the synonyms here."""
    return Panel("search/settings_panel.html") if can_administer(request.user) else None

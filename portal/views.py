"""The pages no app owns: home, and the answers to what cannot be done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import public, team_required
from portal.core.panels import panels_for


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is new for me, what waits for me, where to ask, where to share; for strangers what this is."""
    context = {"panels": panels_for("home", request), "aside": panels_for("home_aside", request)}
    return render(request, "portal/home.html", context)


@team_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Staff start here: what customers said since the last visit, and what we owe them."""
    return render(request, "portal/today.html", {"panels": panels_for("today", request)})


@team_required
@require_GET
def staff_settings(request: HttpRequest) -> HttpResponse:
    """Where staff find what can be set."""
    return render(request, "portal/staff_settings.html", {"panels": panels_for("staff_settings", request)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere; nothing was done."""
    return render(request, "403.html", {"csrf": True}, status=403)

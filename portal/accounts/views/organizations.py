"""Organizations as staff see them; every app adds its panel."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from portal.accounts.models import Organization
from portal.accounts.permissions import team_required
from portal.core.panels import panels_for


@team_required
@require_GET
def organizations(request: HttpRequest) -> HttpResponse:
    """All customer organizations by stage, found by name."""
    text = request.GET.get("q", "").strip()[:80]
    stage = request.GET.get("stage", "")
    rows = Organization.objects.filter(is_own=False).select_related("owner")
    rows = rows.annotate(member_count=Count("memberships", filter=Q(memberships__ended_at=None))).order_by("name", "pk")
    if text:
        rows = rows.filter(name__icontains=text)
    if stage in Organization.Lifecycle.values:
        rows = rows.filter(lifecycle=stage)
    context = {"organizations": rows[:200], "q": text, "stage": stage, "stages": Organization.Lifecycle.choices}
    return render(request, "accounts/organizations.html", context)


@team_required
@require_GET
def organization(request: HttpRequest, public_id: str) -> HttpResponse:
    """One organization: facts, people, and what every app knows of it."""
    row = get_object_or_404(Organization.objects.select_related("owner"), public_id=public_id)
    members = row.memberships.filter(ended_at=None).select_related("user").order_by("started_at", "pk")[:100]
    context = {
        "organization": row,
        "members": members,
        "changes": row.lifecycle_changes.order_by("-at", "-pk")[:10],
        "panels": panels_for("organization", request, row),
    }
    return render(request, "accounts/organization.html", context)

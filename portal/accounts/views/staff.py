"""Administrators' pages: staff members with their permissions, and the audit log."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import services
from portal.accounts.forms.staff import RightsForm
from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, administrator_required
from portal.accounts.services.people import OwnRights
from portal.audit.models import AuditEntry
from portal.audit.services import first_broken_entry
from portal.core import time


@administrator_required
@require_GET
def people(request: MemberRequest) -> HttpResponse:
    """Everybody who works here first, then whoever the search finds."""
    text = request.GET.get("q", "").strip()[:80]
    rows = User.objects.filter(erased_at=None).prefetch_related(
        "team_memberships", "memberships__organization"
    )
    if text:
        rows = rows.filter(Q(display_name__icontains=text) | Q(email__icontains=text))
    else:
        rows = rows.filter(
            Q(is_administrator=True)
            | Q(is_moderator=True)
            | Q(is_finance=True)
            | Q(team_memberships__isnull=False)
            | Q(memberships__organization__is_own=True, memberships__ended_at=None)
        ).distinct()
    return render(
        request,
        "accounts/people.html",
        {"people": rows.order_by("display_name", "pk")[:100], "q": text},
    )


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: MemberRequest, public_id: str) -> HttpResponse:
    """Permissions and teams of one person; nobody changes their own."""
    row = get_object_or_404(User, public_id=public_id, erased_at=None)
    initial = {
        "is_administrator": row.is_administrator,
        "is_moderator": row.is_moderator,
        "is_finance": row.is_finance,
        "teams": sorted(row.assigned_teams),
    }
    form = RightsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _apply(request.user, row, form)
        except OwnRights:
            form.add_error(
                None, _("You cannot change your own permissions. Ask another administrator.")
            )
        else:
            messages.success(
                request, _("The rights of %(name)s were saved.") % {"name": row.display_name}
            )
            return redirect("accounts:person", public_id=row.public_id)
    log = AuditEntry.objects.filter(target=f"accounts.user:{row.pk}").order_by("-pk")[:20]
    context = {"person": row, "form": form, "log": log, "own": row.pk == request.user.pk}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


def _apply(actor: User, row: User, form: RightsForm) -> None:
    now, data = time.now(), form.cleaned_data
    services.set_rights(
        user=row,
        actor=actor,
        now=now,
        reason=data["reason"],
        is_administrator=data["is_administrator"],
        is_moderator=data["is_moderator"],
        is_finance=data["is_finance"],
    )
    for team in set(data["teams"]) - row.assigned_teams:
        services.assign_team(user=row, team=team, actor=actor, now=now)
    for team in row.assigned_teams - set(data["teams"]):
        services.withdraw_team(user=row, team=team, actor=actor, now=now)


@administrator_required
@require_POST
def deactivate(request: MemberRequest, public_id: str) -> HttpResponse:
    """Switch a person off, everywhere, at once."""
    row = get_object_or_404(User, public_id=public_id, erased_at=None)
    try:
        services.deactivate_user(
            user=row,
            actor=request.user,
            now=time.now(),
            reason=request.POST.get("reason", "")[:200],
        )
    except OwnRights:
        messages.error(request, _("You cannot deactivate yourself. Ask another administrator."))
    else:
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": row.display_name})
    return redirect("accounts:person", public_id=row.public_id)


@administrator_required
@require_POST
def reactivate(request: MemberRequest, public_id: str) -> HttpResponse:
    """Let a person in again."""
    row = get_object_or_404(User, public_id=public_id, erased_at=None)
    services.reactivate_user(user=row, actor=request.user, now=time.now())
    messages.success(request, _("%(name)s can sign in again.") % {"name": row.display_name})
    return redirect("accounts:person", public_id=row.public_id)


@administrator_required
@require_GET
def audit_log(request: MemberRequest) -> HttpResponse:
    """What staff did, newest first, by key."""
    rows = AuditEntry.objects.order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    if target := request.GET.get("target", "")[:120]:
        rows = rows.filter(target=target)
    page = list(rows[:51])
    names = dict(
        User.objects.filter(pk__in={row.actor_id for row in page}).values_list("pk", "display_name")
    )
    for row in page:
        row.actor_label = names.get(row.actor_id or 0, "")
    checked = "check" in request.GET
    context = {
        "entries": page[:50],
        "older": page[49].pk if len(page) > 50 else None,
        "checked": checked,
        "broken": first_broken_entry() if checked else None,
        "now": time.now(),
    }
    return render(request, "accounts/audit_log.html", context)

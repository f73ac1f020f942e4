"""Member pages and joining by invitation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts import services
from portal.accounts.models import User
from portal.accounts.permissions import (
    MemberRequest,
    is_member,
    is_staff_member,
    member_required,
    public,
)
from portal.accounts.services.invitations import InvitationClosed, open_invitation
from portal.core import time
from portal.core.web.panels import panels_for


@member_required
@require_GET
def member(request: MemberRequest, public_id: str) -> HttpResponse:
    """A member's public profile, with the panels of every app."""
    person = get_object_or_404(User, public_id=public_id, erased_at=None)
    organization = person.organization
    shown = organization if person.company_visible or is_staff_member(request.user) else None
    context = {
        "person": person,
        "organization": shown,
        "panels": panels_for("member", request, person),
    }
    return render(request, "accounts/member.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: who invites into which company; a signed-in person accepts with one click."""
    now = time.now()
    invitation = open_invitation(token, now)
    if invitation is None:
        return render(request, "accounts/join_closed.html", status=410)
    if request.method == "POST" and is_member(request.user):
        try:
            services.accept_invitation(token=token, user=request.user, now=now)
        except InvitationClosed:
            return render(request, "accounts/join_closed.html", {"other_address": True}, status=410)
        messages.success(
            request, _("Welcome to %(company)s.") % {"company": invitation.organization.name}
        )
        return redirect("portal:home")
    return render(request, "accounts/join.html", {"invitation": invitation, "token": token})

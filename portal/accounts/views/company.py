"""My company: colleagues, and inviting more of them. Writing is for its administrator (and ours)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.accounts import services
from portal.accounts.forms.invitations import InviteForm
from portal.accounts.models import Invitation, Organization, User
from portal.accounts.permissions import can_invite_to, is_member, member_required
from portal.accounts.services.invitations import NotAllowed, token_for
from portal.core import time


def _own(user: User) -> Organization | None:
    return user.organization


def _page(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    assert is_member(request.user)
    organization = _own(request.user)
    if organization is None:
        return render(request, "accounts/company_none.html")
    now = time.now()
    may_invite = can_invite_to(request.user, organization)
    invitations: list[Invitation] = []
    if may_invite:
        found = organization.invitations.filter(revoked_at=None, accepted_at=None, expires_at__gt=now)
        invitations = list(found.select_related("invited_by").order_by("-created_at", "-pk")[:200])
    link = next((row for row in invitations if not row.email), None)
    context = {
        "organization": organization,
        "members": organization.memberships.filter(ended_at=None).select_related("user").order_by("started_at", "pk"),
        "may_invite": may_invite,
        "form": form,
        "invitations": [row for row in invitations if row.email],
        "link": link,
        "link_url": request.build_absolute_uri(reverse("accounts:join", args=[token_for(link)])) if link else "",
    }
    return render(request, "accounts/company.html", context, status=status)


@member_required
@require_GET
def company(request: HttpRequest) -> HttpResponse:
    """Who is here with me, and who is invited."""
    return _page(request, InviteForm())


@member_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite addresses, typed or from a CSV file."""
    assert is_member(request.user)
    organization = _own(request.user)
    form = InviteForm(request.POST, request.FILES)
    if organization is None or not form.is_valid():
        return _page(request, form, status=422)
    try:
        for email in form.cleaned_data["emails"]:
            services.invite_member(
                organization=organization, invited_by=request.user, email=email, role=form.cleaned_data["role"],
                now=time.now(),
            )  # fmt: skip
    except NotAllowed:
        return render(request, "403.html", status=403)
    count = len(form.cleaned_data["emails"])
    messages.success(
        request, ngettext("%(count)s person was invited.", "%(count)s people were invited.", count) % {"count": count}
    )
    return redirect("accounts:company")


@member_required
@require_POST
def make_link(request: HttpRequest) -> HttpResponse:
    """Open a link colleagues can join through for ten days."""
    assert is_member(request.user)
    organization = _own(request.user)
    try:
        if organization is not None:
            services.invite_member(organization=organization, invited_by=request.user, now=time.now())
    except NotAllowed:
        return render(request, "403.html", status=403)
    return redirect("accounts:company")


@member_required
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an invitation back."""
    assert is_member(request.user)
    invitation = get_object_or_404(Invitation.objects.select_related("organization"), public_id=public_id)
    try:
        services.revoke_invitation(invitation=invitation, actor=request.user, now=time.now())
    except NotAllowed:
        return render(request, "404.html", status=404)
    messages.success(request, _("The invitation was taken back."))
    return redirect("accounts:company")

"""My company: colleagues, and inviting more of them.

Only its administrator (and ours) may change anything.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts import services
from portal.accounts.forms.invitations import InviteForm
from portal.accounts.models import Invitation, Membership, Organization, User
from portal.accounts.permissions import (
    MemberRequest,
    can_administer,
    member_required,
)
from portal.accounts.services.invitations import NotAllowed
from portal.accounts.services.memberships import OwnMembership
from portal.accounts.views import inviting
from portal.core import time


def _page(request: MemberRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    organization = request.user.organization
    if organization is None:
        return render(request, "accounts/company_none.html")
    members = (
        organization.memberships.filter(ended_at=None)
        .select_related("user")
        .order_by("started_at", "pk")
    )
    context = {
        "organization": organization,
        "members": members,
        **inviting.context(request, organization, form, time.now()),
    }
    return render(request, "accounts/company.html", context, status=status)


@member_required
@require_GET
def company(request: MemberRequest) -> HttpResponse:
    """Who is here with me, and who is invited."""
    return _page(request, InviteForm())


@member_required
@require_POST
def invite(request: MemberRequest) -> HttpResponse:
    """Invite addresses, typed or from a CSV file."""
    form = InviteForm(request.POST, request.FILES)
    organization = request.user.organization
    if organization is None or not form.is_valid():
        return _page(request, form, status=422)
    try:
        inviting.invite_all(request, organization, form)
    except NotAllowed:
        return render(request, "403.html", status=403)
    return redirect("accounts:company")


@member_required
@require_POST
def make_link(request: MemberRequest) -> HttpResponse:
    """Open a link colleagues can join through for ten days."""
    actor = request.user
    try:
        if actor.organization is not None:
            services.invite_member(
                organization=actor.organization, invited_by=actor, now=time.now()
            )
    except NotAllowed:
        return render(request, "403.html", status=403)
    return redirect("accounts:company")


@member_required
@require_POST
def revoke(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take an invitation back."""
    actor = request.user
    invitation = get_object_or_404(
        Invitation.objects.select_related("organization"), public_id=public_id
    )
    try:
        services.revoke_invitation(invitation=invitation, actor=actor, now=time.now())
    except NotAllowed:
        return render(request, "404.html", status=404)
    messages.success(request, _("The invitation was taken back."))
    return _back(actor, invitation.organization)


@member_required
@require_POST
def member_role(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Make a colleague an administrator of the company, or a member again."""
    role = request.POST.get("role", "")
    actor, person = request.user, _colleague(public_id)
    organization = person.organization
    try:
        services.set_member_role(person=person, role=role, actor=actor, now=time.now())
    except NotAllowed:
        return render(request, "404.html", status=404)
    except OwnMembership:
        messages.error(request, _("You cannot change your own role. Ask another administrator."))
    except ValueError:
        return HttpResponseBadRequest(_("There is no such role."))
    else:
        label = Membership.Role(role).label
        messages.success(
            request, _("%(name)s: %(role)s") % {"name": person.display_name, "role": label}
        )
    return _back(actor, organization)


@member_required
@require_POST
def remove_member(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Remove a member from the company and close the invitation links they may have kept."""
    actor, person = request.user, _colleague(public_id)
    organization = person.organization
    try:
        services.remove_member(person=person, actor=actor, now=time.now())
    except NotAllowed:
        return render(request, "404.html", status=404)
    except OwnMembership:
        messages.error(
            request, _("You cannot remove yourself from your company. Ask another administrator.")
        )
    else:
        named = {"name": person.display_name, "company": organization}
        messages.success(
            request,
            _("%(name)s no longer belongs to %(company)s. Shared links were closed.") % named,
        )
    return _back(actor, organization)


def _colleague(public_id: UUID) -> User:
    return get_object_or_404(User, public_id=public_id, erased_at=None)


def _back(actor: User, organization: Organization | None) -> HttpResponse:
    """To the page the button stood on: one's own company, or a customer's for our
    administrators.
    """
    if (
        organization is None
        or actor.organization_id == organization.pk
        or not can_administer(actor)
    ):
        return redirect("accounts:company")
    return redirect("accounts:organization", public_id=organization.public_id)

"""Shared by the user's own company page and the staff pages of customers: the invitation list and
form.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from portal.accounts import services
from portal.accounts.forms.invitations import InviteForm
from portal.accounts.models import Invitation, Membership, Organization
from portal.accounts.permissions import (
    MemberRequest,
    can_invite_to,
)
from portal.accounts.services.invitations import token_for
from portal.core import time


def context(
    request: HttpRequest, organization: Organization, form: InviteForm, now: datetime
) -> dict[str, Any]:
    """Return what the invitation cards show; nothing but `may_invite` for who may not invite
    there.
    """
    if not can_invite_to(request.user, organization):
        return {"may_invite": False}
    found = organization.invitations.filter(revoked_at=None, accepted_at=None, expires_at__gt=now)
    invitations: list[Invitation] = list(
        found.select_related("invited_by").order_by("-created_at", "-pk")[:200]
    )
    link = next((row for row in invitations if not row.email), None)
    return {
        "may_invite": True,
        "invite_form": form,
        "invitations": [row for row in invitations if row.email],
        "roles": Membership.Role.choices,
        "link": link,
        "link_url": settings.HAZUMI_BASE_URL + reverse("accounts:join", args=[token_for(link)])
        if link
        else "",
    }


def invite_all(request: MemberRequest, organization: Organization, form: InviteForm) -> None:
    """Invite every address of a valid form and say how many. Raises NotAllowed."""
    emails, role = form.cleaned_data["emails"], form.cleaned_data["role"]
    for email in emails:
        services.invite_member(
            organization=organization,
            invited_by=request.user,
            email=email,
            role=role,
            now=time.now(),
        )
    count = len(emails)
    said = ngettext("%(count)s person was invited.", "%(count)s people were invited.", count)
    messages.success(request, said % {"count": count})

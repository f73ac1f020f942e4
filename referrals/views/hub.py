"""The customer's referral pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import is_member, is_staff_member, member_required
from referrals.models import Referral


@member_required
@require_GET
def hub(request: HttpRequest) -> HttpResponse:
    """Everything a customer needs to introduce somebody, and what became of it."""
    return render(request, "referrals/hub.html", {})


@member_required
@require_GET
def referral(request: HttpRequest, public_id: str) -> HttpResponse:
    """One introduction as its referrer sees it."""
    assert is_member(request.user)
    row = get_object_or_404(Referral, public_id=public_id)
    if row.referrer_id != request.user.pk:
        if is_staff_member(request.user):
            return redirect("referrals:hub")
        raise Http404
    return render(request, "referrals/referral.html", {"referral": row})

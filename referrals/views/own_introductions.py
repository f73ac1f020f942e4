"""What a referrer does with an introduction by name: the page to pass on, a new address for it,
withdrawing it.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.permissions import MemberRequest, member_required
from portal.core import time
from referrals.models import Referral
from referrals.services.introductions import introductions
from referrals.services.introductions.prospect_pages import TokenClosed, renew_page
from referrals.services.state import transitions
from referrals.text import introductions as text_introductions
from referrals.text.share_texts import warm_kit


def page_to_pass_on(request: HttpRequest, referral: Referral, token: str) -> HttpResponse:
    """Show the address of the introduced person's page, and words to send it with."""
    url = settings.HAZUMI_BASE_URL + reverse("referrals:introduction", args=[token])
    context = {
        "referral": referral,
        "url": url,
        "kit": warm_kit(referral, url),
        "name": text_introductions.shown_person(referral),
    }
    return render(request, "referrals/introduced.html", context)


def _named(request: MemberRequest, public_id: str) -> Referral:
    rows = Referral.objects.select_related("program", "referrer")
    return get_object_or_404(
        rows, public_id=public_id, referrer=request.user, kind=Referral.Kind.NAMED
    )


@member_required
@require_POST
def new_address(request: MemberRequest, public_id: str) -> HttpResponse:
    """Replace an address that the referrer lost before passing it on."""
    row = _named(request, public_id)
    try:
        token = renew_page(referral=row, now=time.now())
    except TokenClosed:
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
        return redirect("referrals:referral", public_id=public_id)
    return page_to_pass_on(request, row, token)


@member_required
@require_POST
def take_back(request: MemberRequest, public_id: str) -> HttpResponse:
    """The referrer withdraws the introduction."""
    row = _named(request, public_id)
    try:
        introductions.withdraw(referral=row, user=request.user, now=time.now())
    except (transitions.NotAllowed, transitions.Stale):
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
    else:
        messages.success(request, _("Taken back. Nobody of ours contacts them because of it."))
    return redirect("referrals:referral", public_id=public_id)

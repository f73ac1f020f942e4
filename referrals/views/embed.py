"""Endpoints of the embedded scripts.

No cookie is read here, so no CSRF protection is needed; each act has its own key.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.permissions import MemberRequest, public, team_required
from portal.core import time
from portal.core.web import ratelimit
from referrals.embed import cards, origins, tokens
from referrals.embed.middleware import CLICK
from referrals.embed.snippets import snippets_for
from referrals.models import Program, ReferralLink
from referrals.services.links import clicks, links

PER_MINUTE = 240  # a whole office may sit behind one address


def _refused(request: HttpRequest) -> HttpResponse | None:
    verdict = ratelimit.check(
        "embed", ratelimit.client_address(request), limit=PER_MINUTE, seconds=60
    )
    if verdict.allowed:
        return None
    return _open_to(
        request, HttpResponse(status=429, headers={"Retry-After": str(verdict.retry_after)})
    )


def _open_to(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the asking page read the answer. Credentials are never allowed."""
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "null")
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt
@public
@require_POST
def landed(request: HttpRequest) -> HttpResponse:
    """A person was seen on one of the company's pages: confirm the click that brought them,
    once.
    """
    if not origins.is_known(request.headers.get("Origin", "")):
        return HttpResponse(status=403)
    refused = _refused(request)
    if refused is not None:
        return refused
    click = request.POST.get("hz", "")
    if not CLICK.fullmatch(click):
        return _open_to(request, HttpResponse(status=422))
    clicks.confirm(click, now=time.now(), is_person=True)
    return _open_to(request, HttpResponse(status=204))


@csrf_exempt
@public
@require_POST
def card(request: HttpRequest) -> HttpResponse:
    """What <hazumi-share> shows for a token: 401 when it has expired, 403 when it opens nothing."""
    language = "ja" if request.POST.get("lang", "ja") == "ja" else "en"
    found = _link(request, tokens.SECONDS)
    if isinstance(found, HttpResponse):
        return found
    return _open_to(
        request,
        JsonResponse(
            cards.embedded_card(found, language), json_dumps_params={"ensure_ascii": False}
        ),
    )


@csrf_exempt
@public
@require_POST
def shared(request: HttpRequest) -> HttpResponse:
    """Log one act of sharing from inside the company's product."""
    found = _link(request, tokens.SHARED_SECONDS)
    if isinstance(found, HttpResponse):
        return found
    try:
        if found.pk:  # the staff's preview is nobody's link
            links.share_link(link=found, channel=request.POST.get("channel", ""), now=time.now())
    except ValueError:
        return _open_to(request, HttpResponse(status=422))
    return _open_to(request, HttpResponse(status=204))


def _link(request: HttpRequest, seconds: int) -> ReferralLink | HttpResponse:
    refused = _refused(request)
    if refused is not None:
        return refused
    try:
        return tokens.link_of(
            request.POST.get("token", ""), origin=request.headers.get("Origin", ""), seconds=seconds
        )
    except tokens.Expired:
        return _open_to(request, JsonResponse({"error": "expired"}, status=401))
    except tokens.BadToken:
        return _open_to(request, JsonResponse({"error": "refused"}, status=403))


@team_required
@require_GET
def program_embed(request: MemberRequest, slug: str) -> HttpResponse:
    """For staff: what to copy onto the company's own pages, and how it will look there."""
    program = get_object_or_404(Program, slug=slug)
    context: dict[str, Any] = {
        "program": program,
        "snippets": snippets_for(program),
        "preview_token": tokens.preview_token(program),
    }
    return render(request, "referrals/staff/embed.html", context)

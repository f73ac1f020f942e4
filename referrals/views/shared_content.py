"""Sharing one question, answer or article with the user's own code: the sheet, its page without
JavaScript, QR, log.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, member_required
from portal.core import time
from portal.core.web import sharing
from portal.core.web.ratelimit import limited
from referrals.models import ReferralLink
from referrals.selectors import customer_pages as reads
from referrals.services.links import links, shared_content
from referrals.text import introductions
from referrals.text.share_texts import share_kit
from referrals.views.qr import answer_with_qr


@member_required
@require_POST
@limited("referrals.content", limit=60, seconds=600)
def share_content(request: MemberRequest) -> HttpResponse:
    """Make the reader's link to what stands at `of` and show how to share it; what is not public
    says why not.
    """
    user = request.user
    content = sharing.find(request.POST.get("of", ""), user)
    if content is None:
        raise Http404
    programs = [] if user.works_here else reads.programs_for(user, time.now())
    context: dict[str, Any] = {
        "content": content,
        "plain_url": settings.HAZUMI_BASE_URL + content.path,
    }
    if content.is_public and programs:
        link = shared_content.content_link_for(
            user=user, program=programs[0], content=content, now=time.now()
        )
        if not _is_htmx(request):
            return redirect("referrals:content", code=link.code)
        context |= _kit(link)
    if _is_htmx(request):
        return render(request, "referrals/parts/content_dialog.html", context)
    return render(request, "referrals/content.html", context)


@member_required
@require_GET
def content(request: MemberRequest, code: str) -> HttpResponse:
    """The sheet as a page: my link to this content, and how often it was opened."""
    link = _mine(request.user, code)
    context = {
        "content": {"title": link.content_title, "page": link.content_url, "is_public": True}
    }
    return render(request, "referrals/content.html", context | _kit(link))


@member_required
@require_POST
def log_share(request: MemberRequest, code: str) -> HttpResponse:
    """Log one act of sharing; called in the background when a share button is pressed."""
    try:
        links.share_link(
            link=_mine(request.user, code), channel=request.POST.get("channel", ""), now=time.now()
        )
    except ValueError:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@member_required
@require_GET
def content_qr(request: MemberRequest, code: str, kind: str) -> HttpResponse:
    """The link as a QR code, PNG or SVG."""
    return answer_with_qr(request, _mine(request.user, code), kind)


def _mine(user: Any, code: str) -> ReferralLink:
    """Return the reader's own link to a content; 404 for anybody else's."""
    rows = ReferralLink.objects.select_related("program", "user").filter(
        user_id=user.pk, retired_at=None
    )
    link = rows.filter(code=code.lower()).exclude(content_url="").first()
    if link is None:
        raise Http404
    return link


def _kit(link: ReferralLink) -> dict[str, Any]:
    assert isinstance(link.user, User)
    rules, kit = reads.active_rules(link.program), share_kit(link)
    return {
        "link": link,
        "program": link.program,
        "kit": kit,
        "url": kit.url,
        "sentence": introductions.reward_sentence(link.program, rules),
        "counts": reads.counts_of_link(link),
    }


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))

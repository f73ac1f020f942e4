"""Panel for a visitor who followed a link to this page: who shared it, what this site is, how to
join.
"""

from __future__ import annotations

import time as clock

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from portal.accounts.permissions import is_member
from portal.core.web import sharing
from portal.core.web.panels import Panel
from referrals.edge.redirect import COOKIE
from referrals.models import Program, ReferralLink

ARRIVED_SECONDS = 3_600  # only an arrival proves its click; a later visit proves nothing new


def shared_with_you(request: HttpRequest, subject: object = None) -> Panel | None:
    """Greet a visitor on the page that was shared with them.

    An anonymous visitor without our cookie costs one dict lookup.
    """
    cookie = request.COOKIES.get(COOKIE)
    if not cookie or is_member(request.user):
        return None
    code, _, stamp = (*cookie[:120].split("."), "", "")[:3]
    link = (
        ReferralLink.objects.select_related("program", "user")
        .filter(code=code.lower(), program__state=Program.State.OPEN, user__isnull=False)
        .exclude(content_url="")
        .first()
    )
    if link is None or link.user is None:
        return None
    content = sharing.find(link.content_url, AnonymousUser())
    if content is None or content.page != subject:
        return None
    arrived = stamp.isdigit() and len(stamp) <= 10 and clock.time() - int(stamp) < ARRIVED_SECONDS
    company = link.user.organization if link.user.company_visible else None
    context = {"referrer": link.user, "company": company, "code": link.code, "arrived": arrived}
    return Panel("referrals/panels/shared.html", context)

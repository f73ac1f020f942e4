"""The list, marking as read (undoable), preferences, and RFC 8058 one-click unsubscribe."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, member_required, public
from portal.core import time
from portal.core.web.next_page import safe_next
from portal.core.web.ratelimit import limited
from portal.notifications import registry, selectors, services, unsubscribe_links
from portal.notifications.models import Frequency

HOURS = frozenset(str(hour) for hour in range(24))


def _me(request: MemberRequest) -> User:
    return request.user


@member_required
@require_GET
def count(request: MemberRequest) -> HttpResponse:
    """How many wait, for windows that were open before."""
    return JsonResponse({"unread": selectors.unread_count(request.user)})


@member_required
@require_GET
def notifications(request: MemberRequest) -> HttpResponse:
    """What concerns me, put together by what it is about."""
    shown = request.GET.get("show", "")
    unread_only, chosen = shown == "unread", registry.tab(shown)
    page = selectors.page(
        _me(request),
        unread=unread_only,
        kinds=chosen.kinds() if chosen else None,
        cursor=request.GET.get("after"),
    )
    count = selectors.unread_count(request.user)
    tabs = [
        {"url": "?", "label": _("All"), "current": not unread_only and chosen is None},
        {"url": "?show=unread", "label": _("Unread"), "count": count, "current": unread_only},
        *(
            {"url": f"?show={tab.name}", "label": tab.label, "current": tab is chosen}
            for tab in registry.tabs()
        ),
    ]
    show = {"show": shown} if unread_only or chosen else {}
    next_url = "?" + urlencode({**show, "after": page.next_cursor}) if page.next_cursor else ""
    context = {
        "page": page,
        "tabs": tabs,
        "count": count,
        "unread_only": unread_only,
        "next_url": next_url,
    }
    return render(request, "notifications/list.html", context)


@member_required
@require_POST
@limited("notifications_read", limit=120, seconds=60)
def read(request: MemberRequest) -> HttpResponse:
    """Mark some (`ids`) or all as read. From a link of the list htmx goes on to `next`."""
    now = time.now()
    ids = [
        int(text)
        for text in request.POST.get("ids", "").split(",")
        if text.isascii() and text.isdigit() and len(text) < 19
    ][:500]
    done = services.mark_read(
        user=_me(request), now=now, ids=None if request.POST.get("all") else ids
    )
    going = safe_next(request, "")
    if going:
        return HttpResponse(status=204, headers={"HX-Redirect": going})
    if done:
        undo = f"{reverse('notifications:unread')}?{urlencode({'at': now.isoformat()})}"
        text = ngettext(
            "%(count)s notification was marked as read.",
            "%(count)s notifications were marked as read.",
            done,
        )
        messages.success(request, text % {"count": done}, extra_tags=f"undo:{undo}")
    return redirect("notifications:list")


@member_required
@require_POST
def unread(request: MemberRequest) -> HttpResponse:
    """Undo a marking: what was read at that very moment is unread again."""
    moment = None
    try:
        moment = parse_datetime(request.GET.get("at", ""))
    except ValueError:
        pass
    if moment is not None and moment.tzinfo is not None:
        services.mark_unread(user=_me(request), read_at=moment)
    return redirect("notifications:list")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: MemberRequest) -> HttpResponse:
    """Which notifications I get, where, and how often."""
    user = _me(request)
    if request.method == "POST":
        wishes = {
            kind.name: (
                f"page:{kind.name}" in request.POST,
                request.POST.get(f"mail:{kind.name}", kind.mail),
            )
            for kind in registry.kinds_of(user)
        }
        services.set_preferences(user=user, wishes=wishes)
        begins, ends = _hour(request, "quiet_begins"), _hour(request, "quiet_ends")
        if (begins is None) != (ends is None):
            messages.error(
                request, _("Quiet hours need both a start and an end. The rest was saved.")
            )
            return redirect("notifications:preferences")
        services.set_quiet_hours(user=user, begins=begins, ends=ends)
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    context = {
        "rows": selectors.preferences(user),
        "frequencies": Frequency.choices,
        "quiet": selectors.quiet_hours(user),
        "hours": [(hour, f"{hour}:00") for hour in range(24)],
    }
    return render(request, "notifications/preferences.html", context)


def _hour(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text in HOURS else None


@csrf_exempt  # RFC 8058: the mail program posts here itself; the signed token is the proof
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail, signed out too. Opening the page changes nothing: scanners open it."""
    found = unsubscribe_links.read_token(token)
    if found is None:
        raise Http404
    user_id, name = found
    kind = registry.kind(name)
    if request.method == "POST":
        services.stop_mail(user_id=user_id, kind=name)
    context = {
        "label": kind.label if kind else _("All notifications"),
        "done": request.method == "POST",
    }
    return render(request, "notifications/unsubscribe.html", context)

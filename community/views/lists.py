"""Lists of questions and discussions; their address is their state."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from community.models import Topic
from community.rows import topic_rows
from community.selectors import spaces, topics
from community.text import tag_key
from portal.accounts.permissions import public
from portal.core import time
from portal.core.strangers import kept_for_strangers


@public
@require_GET
@kept_for_strangers
def questions(request: HttpRequest) -> HttpResponse:
    """Questions, newest activity first: all, unanswered, unsolved, solved; by space and tag."""
    return _list(request, Topic.Kind.QUESTION)


@public
@require_GET
@kept_for_strangers
def discussions(request: HttpRequest) -> HttpResponse:
    """Discussions, newest activity first; by space and tag."""
    return _list(request, Topic.Kind.DISCUSSION)


def _address(base: str, **state: str) -> str:
    query = urlencode({key: value for key, value in state.items() if value and value != "all"})
    return f"{base}?{query}" if query else base


def _list(request: HttpRequest, kind: Topic.Kind) -> HttpResponse:
    tab = request.GET.get("tab", "all")
    tab = tab if tab in topics.TABS else "all"
    tag = tag_key(request.GET.get("tag", ""))
    offered = spaces.spaces_for(request.user)
    space = next((row for row in offered if row.slug == request.GET.get("space")), None)
    rows = topics.listed(request.user, kind, tab=tab, space=space, tag=tag)
    page = topics.page_of_topics(rows, request.GET.get("page"))
    unread = topics.unread_in(page.items, request.user, time.now())
    base = f"/{kind}s/"
    state = {"tab": tab, "space": space.slug if space else "", "tag": tag}
    context: dict[str, Any] = {
        "kind": kind,
        "rows": topic_rows(page.items, unread),
        "has_unread": bool(unread),
        "is_empty": not page.items,
        "is_filtered": bool(space or tag or tab != "all"),
        "tabs": _tabs(base, state) if kind == Topic.Kind.QUESTION else [],
        "spaces": [
            {"name": row.name, "url": _address(base, **(state | {"space": row.slug})), "current": row == space}
            for row in offered
        ],
        "every_space_url": _address(base, **(state | {"space": ""})),
        "space": space,
        "tag": tag,
        "without_tag_url": _address(base, **(state | {"tag": ""})),
        "tags": [
            {"name": row.name, "url": _address(base, **(state | {"tag": row.slug})), "current": row.slug == tag}
            for row in spaces.popular_tags()
        ],
        "previous": _address(base, **state, page=page.previous_cursor or "") if page.previous_cursor else "",
        "next": _address(base, **state, page=page.next_cursor or "") if page.next_cursor else "",
        "base": base,
    }
    return render(request, "community/topics.html", context)


def _tabs(base: str, state: dict[str, str]) -> list[dict[str, Any]]:
    words = {"all": _("All"), "unanswered": _("Unanswered"), "unsolved": _("Not solved"), "solved": _("Solved")}
    return [
        {"label": words[name], "url": _address(base, **(state | {"tab": name})), "current": name == state["tab"]}
        for name in topics.TABS
    ]

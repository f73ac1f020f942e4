"""The common list of topics of a kind; its address is its state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from community import topic_kinds
from community.cache.rows import topic_rows
from community.models import Space, Tag
from community.rules.text import tag_key
from community.selectors import spaces, topics
from community.selectors.following import follows_tag
from community.selectors.topics import names_of_space
from community.topic_kinds import TopicKind
from portal.accounts.permissions import is_member, public
from portal.core import time
from portal.core.web.fragment_cache import Key, Values, cached_html
from portal.core.web.page_cache import cache_for_anonymous


@public
@require_GET
@cache_for_anonymous
def topic_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Topics of a kind, newest activity first; by the kind's tabs, by space and tag."""
    spec = topic_kinds.get(kind)
    tab = spec.tab(request.GET.get("tab", "")).name
    tag = tag_key(request.GET.get("tag", ""))
    offered = spaces.spaces_for(request.user)
    space = _named(offered, request)
    page = topics.page_of_topics(
        request.user,
        kind,
        tab=tab,
        space=space.pk if space else None,
        tag=tag,
        cursor=request.GET.get("page"),
    )
    if spaces.were_outdated(names_of_space(topic) for topic in page.items):
        offered = spaces.spaces_for(request.user)
        space = _named(offered, request)
    unread = topics.unread_in(page.items, request.user, time.now())
    place = _Place(spec, tab, space, tag, offered, spaces.popular_tags())
    context: dict[str, Any] = {
        "spec": spec,
        "rows": topic_rows(page.items, unread),
        "has_unread": bool(unread),
        "is_empty": not page.items,
        "is_filtered": bool(space or tag or tab != "all"),
        "head": place.part("community/parts/list_head.html", place.head),
        "aside": place.part("community/parts/list_aside.html", place.aside),
        "space": space,
        "tag": tag,
        "is_followed": bool(tag) and is_member(request.user) and follows_tag(request.user, tag),
        "without_tag_url": place.address(tag=""),
        "previous": place.address(page=page.previous_cursor or "") if page.previous_cursor else "",
        "next": place.address(page=page.next_cursor or "") if page.next_cursor else "",
    }
    return render(request, "community/topics.html", context)


def _named(offered: list[Space], request: HttpRequest) -> Space | None:
    """Return the space the address names."""
    return next((row for row in offered if row.slug == request.GET.get("space")), None)


@dataclass
class _Place:
    """The list a reader is looking at: the filters in the URL, and the links to other lists."""

    spec: TopicKind
    tab: str
    space: Space | None
    tag: str
    offered: list[Space]
    often: list[Tag]

    def part(self, template: str, context: Callable[[], dict[str, Any]]) -> SafeString:
        """Return the head or the aside of the page."""
        return cached_html(template, key=self.key, depends_on=self.names, context=context)

    @property
    def key(self) -> Key:
        offered = tuple(row.pk for row in self.offered)
        return self.spec.value, self.tab, self.space and self.space.pk, self.tag, offered

    @property
    def names(self) -> Values:
        """What head and aside show of spaces and tags."""
        spaces_named = tuple((row.slug, row.name) for row in self.offered)
        return spaces_named, tuple((row.slug, row.name) for row in self.often)

    def address(self, **change: str) -> str:
        state = {
            "tab": self.tab,
            "space": self.space.slug if self.space else "",
            "tag": self.tag,
        } | change
        query = urlencode({key: value for key, value in state.items() if value and value != "all"})
        return f"{self.spec.list_url}?{query}" if query else self.spec.list_url

    def head(self) -> dict[str, Any]:
        tabs = self.spec.listing.tabs if self.spec.listing else ()
        return {
            "spec": self.spec,
            "kinds": [kind for kind in topic_kinds.all_kinds() if kind.listing],
            "space": self.space,
            "tabs": [
                {
                    "label": tab.label,
                    "url": self.address(tab=tab.name),
                    "current": tab.name == self.tab,
                }
                for tab in tabs
            ],
            "spaces": [
                {
                    "name": row.name,
                    "url": self.address(space=row.slug),
                    "current": row == self.space,
                }
                for row in self.offered
            ],
            "every_space_url": self.address(space=""),
        }

    def aside(self) -> dict[str, Any]:
        return {
            "spec": self.spec,
            "space": self.space,
            "tags": [
                {
                    "name": row.name,
                    "url": self.address(tag=row.slug),
                    "current": row.slug == self.tag,
                }
                for row in self.often
            ],
        }

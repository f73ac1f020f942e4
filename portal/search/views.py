"""The search page: query, kind and order are in the URL, so that results can be shared."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.permissions import public
from portal.core import time
from portal.core.web.panels import panels_for
from portal.core.web.ratelimit import limited
from portal.search import registry, selectors


@public
@require_GET
@limited("search", limit=60, seconds=60, methods=("GET",))
def search(request: HttpRequest) -> HttpResponse:
    """Find topics, articles and whatever else is registered."""
    words = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    kind = request.GET.get("kind", "")
    source = registry.source(kind)
    newest = request.GET.get("sort") == "new"
    results = selectors.search(
        request.user,
        words,
        source.kind if source else None,
        now=time.now(),
        newest=newest,
        cursor=request.GET.get("after"),
    )
    begins = bool(words) and source is None and "after" not in request.GET
    context = {
        "panels": panels_for("search", request, words) if begins else [],
        "words": words,
        "kind": source.kind if source else "",
        "newest": newest,
        "results": results,
        "tabs": _tabs(request, source.kind if source else "", results.counts) if words else [],
        "sorts": _sorts(request, newest),
        "next_url": _address(request, after=results.next_cursor) if results.next_cursor else "",
    }
    return render(request, "search/search.html", context)


def _tabs(request: HttpRequest, kind: str, counts: dict[str, int]) -> list[dict[str, object]]:
    total = sum(counts.values())
    tabs: list[dict[str, object]] = [
        {
            "url": _address(request, kind=None, after=None),
            "label": _("All"),
            "count": total,
            "current": not kind,
        }
    ]
    tabs += [
        {
            "url": _address(request, kind=source.kind, after=None),
            "label": source.label or source.kind,
            "count": counts.get(source.kind, 0),
            "current": source.kind == kind,
        }
        for source in registry.sources()
    ]
    return tabs


def _sorts(request: HttpRequest, newest: bool) -> list[dict[str, object]]:
    return [
        {
            "url": _address(request, sort=None, after=None),
            "label": _("Best match"),
            "current": not newest,
        },
        {"url": _address(request, sort="new", after=None), "label": _("Newest"), "current": newest},
    ]


def _address(request: HttpRequest, **changes: str | None) -> str:
    values = request.GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = value
    return f"?{values.urlencode()}"

"""The search page: query, kind and order are in the URL, so that results can be shared."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.permissions import MemberRequest, administrator_required, public
from portal.core import time
from portal.core.templatetags.display import long_date
from portal.core.web.panels import panels_for
from portal.core.web.ratelimit import limited
from portal.search import registry, selectors, services
from portal.search.forms import SynonymForm, as_lines
from portal.search.selectors import Filters
from portal.search.synonyms import read_groups


@public
@require_GET
@limited("search", limit=60, seconds=60, methods=("GET",))
def search(request: HttpRequest) -> HttpResponse:
    """Find topics, articles and whatever else is registered."""
    words = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    kind = request.GET.get("kind", "")
    source = registry.source(kind)
    newest = request.GET.get("sort") == "new"
    filters = _filters(request)
    results = selectors.search(
        request.user,
        words,
        source.kind if source else None,
        now=time.now(),
        newest=newest,
        cursor=request.GET.get("after"),
        filters=filters,
    )
    begins = bool(words) and source is None and "after" not in request.GET
    context = {
        "panels": panels_for("search", request, words) if begins else [],
        "words": words,
        "kind": source.kind if source else "",
        "newest": newest,
        "results": results,
        "narrowed": _narrowed(request, filters),
        "tabs": _tabs(request, source.kind if source else "", results.counts) if words else [],
        "sorts": _sorts(request, newest),
        "next_url": _address(request, after=results.next_cursor) if results.next_cursor else "",
    }
    return render(request, "search/search.html", context)


def _filters(request: HttpRequest) -> Filters:
    """Read what narrows the search from the address; what cannot be read narrows nothing."""
    language = request.GET.get("language", "")
    try:
        since = date.fromisoformat(request.GET.get("since", ""))
    except ValueError:
        since = None
    return Filters(
        language=language if language in dict(settings.LANGUAGES) else "",
        is_solved=request.GET.get("solved") == "1",
        since=since,
    )


def _narrowed(request: HttpRequest, filters: Filters) -> list[dict[str, str]]:
    """Return each filter that is set, and the address without it."""
    chosen: list[tuple[str, str, str]] = []
    if filters.is_solved:
        chosen.append(("solved", "1", _("Solved")))
    if filters.language:
        language = _(str(dict(settings.LANGUAGES)[filters.language]))
        chosen.append(("language", filters.language, language))
    if filters.since:
        day = filters.since.isoformat()
        chosen.append(("since", day, _("Since %(day)s") % {"day": long_date(filters.since)}))
    return [
        {
            "name": name,
            "value": value,
            "label": label,
            "url": _address(request, after=None, **{name: None}),
        }
        for name, value, label in chosen
    ]


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def synonyms(request: MemberRequest) -> HttpResponse:
    """Keep the words that mean the same: who looks for one finds all."""
    saved = read_groups()
    lines = as_lines(saved)
    form = SynonymForm(request.POST or None, initial={"lines": lines, "seen": lines})
    if request.method == "POST" and form.is_valid():
        seen = [line.split(" = ") for line in form.cleaned_data["seen"].splitlines()]
        is_saved = services.save_synonyms(
            groups=form.cleaned_data["lines"], seen=seen, actor=request.user, now=time.now()
        )
        if is_saved:
            messages.success(request, _("The synonyms were saved."))
            return redirect("search:synonyms")
        form.add_error(
            None,
            _("Somebody else changed the synonyms meanwhile. Compare, then save again."),
        )
        form.data = {**request.POST.dict(), "seen": lines}
    context = {
        "form": form,
        "saved": saved if form.errors else [],
    }
    return render(request, "search/synonyms.html", context, status=422 if form.errors else 200)


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

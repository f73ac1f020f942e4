"""Where a person goes after a form: a page of ours that the form names, or a default."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2_000


def safe_next(request: HttpRequest, default: str, *, wanted: str | None = None) -> str:
    """Return the path of ours in `wanted` (without it: the form's `next`), otherwise `default`."""
    return own_page(request, request.POST.get("next", "") if wanted is None else wanted) or default


def own_page(request: HttpRequest, target: str) -> str:
    """Return path and query of an address when it is a page of this site, otherwise "".

    Nothing else than a path is returned, so it can go into a redirect as it is.
    """
    if not target or len(target) > LONGEST or not target.isprintable() or "\\" in target:
        return ""
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return ""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return ""
    return urlunsplit(("", "", parts.path, parts.query, parts.fragment))

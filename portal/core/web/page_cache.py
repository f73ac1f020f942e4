"""Whole pages for anonymous users, never stale: a page depends on the state of the whole database.

PostgreSQL names the state a reader sees (`pg_current_snapshot`): two readers with the same name see
the same rows, and any committed write by anybody in the cluster changes it. One statement that
reads no table decides, so no write has to remember to throw pages away. Only requests without a
session and without a cookie that could matter take part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.core.web.fragment_cache import MIB, FragmentCache

View = Callable[..., HttpResponse]
# Words like "3 minutes ago" and the spaces a process remembers change without a write.
PAGE_SECONDS = 20
THEME_COOKIE = "hz_theme"
HARMLESS = frozenset({settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE, settings.CSRF_COOKIE_NAME})

pages: FragmentCache[tuple[float, bytes, str]] = FragmentCache(max_entries=1_024, max_bytes=8 * MIB)


def cache_for_anonymous(view: View) -> View:
    """Serve an anonymous user the page another one got, while the database is as it was then."""

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_for_any_anonymous_user(request):
            return view(request, *args, **kwargs)
        key = (
            request.build_absolute_uri(),
            get_language(),
            request.COOKIES.get(THEME_COOKIE, ""),
            request.headers.get("HX-Request", ""),
        )
        depends_on = (_snapshot(),)
        page = pages.get(key, depends_on)
        if page is not None and time.monotonic() - page[0] <= PAGE_SECONDS:
            return HttpResponse(page[1], content_type=page[2])
        made_at = time.monotonic()
        response = view(request, *args, **kwargs)
        if _may_be_cached(request, response):
            made = (made_at, response.content, response.headers["Content-Type"])
            pages.set(key, depends_on, made)
        return response

    return cached


def _is_for_any_anonymous_user(request: HttpRequest) -> bool:
    """Inside a transaction the name of the snapshot does not show one's own writes, so nothing is
    cached there.
    """
    return (
        request.method == "GET"
        and "HTTP_AUTHORIZATION" not in request.META
        and HARMLESS.issuperset(request.COOKIES)
        and not connection.in_atomic_block
    )


def _may_be_cached(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
    )


def _snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])

"""Page cache for anonymous visitors, never stale: a page is served again only while nothing in the
database has changed.

PostgreSQL names the state of the database a transaction sees (`pg_current_snapshot`): two readers
with the same name see the same rows, and any commit in the cluster changes it. One query that reads
no table decides, so no write has to invalidate pages. Only requests without a session and without a
relevant cookie use the cache.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

View = Callable[..., HttpResponse]
KEPT_SECONDS = (
    20  # words like "3 minutes ago" and the in-process lists of spaces move without a write
)
KEPT_BYTES = 8 * 1024 * 1024  # per process
THEME_COOKIE = "hz_theme"
HARMLESS = frozenset({settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE, settings.CSRF_COOKIE_NAME})


@dataclass(frozen=True, slots=True)
class _Page:
    snapshot: str
    made: float
    content: bytes
    content_type: str


class _Pages:
    """Pages by address, the least recently used thrown away first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[Any, ...], _Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...], snapshot: str) -> _Page | None:
        page = self._pages.get(key)
        if page is None or page.snapshot != snapshot or time.monotonic() - page.made > KEPT_SECONDS:
            return None
        return page

    def keep(self, key: tuple[Any, ...], page: _Page) -> None:
        with self._lock:
            old = self._pages.pop(key, None)
            self._bytes += len(page.content) - (len(old.content) if old else 0)
            self._pages[key] = page
            while self._bytes > KEPT_BYTES:
                self._bytes -= len(self._pages.popitem(last=False)[1].content)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0


_pages = _Pages()
forget = _pages.clear


def cache_for_anonymous(view: View) -> View:
    """Serve an anonymous visitor the page rendered for another one, while the database is
    unchanged.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_for_any_stranger(request):
            return view(request, *args, **kwargs)
        key = (
            request.build_absolute_uri(),
            get_language(),
            request.COOKIES.get(THEME_COOKIE, ""),
            request.headers.get("HX-Request", ""),
        )
        snapshot = _snapshot()
        page = _pages.get(key, snapshot)
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not response.streaming and not response.cookies:
                page = _Page(
                    snapshot, time.monotonic(), response.content, response.headers["Content-Type"]
                )
                if "CSRF_COOKIE_NEEDS_UPDATE" not in request.META:
                    _pages.keep(key, page)
            return response
        return HttpResponse(page.content, content_type=page.content_type)

    return guarded


def _is_for_any_stranger(request: HttpRequest) -> bool:
    """Whether the page may come from the cache. Inside a transaction the snapshot's name does not
    reflect one's own writes, so nothing is cached there.
    """
    return (
        request.method == "GET"
        and "HTTP_AUTHORIZATION" not in request.META
        and HARMLESS.issuperset(request.COOKIES)
        and not connection.in_atomic_block
    )


def _snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])

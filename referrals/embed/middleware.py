"""Serves the two scripts at their stable URLs, and remembers the referrer when a marketing page
sends a visitor with `?via=`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict

from referrals.edge import bots
from referrals.edge.redirect import COOKIE, remember

SCRIPTS = {"/embed/hazumi.js": "hazumi.js", "/embed/share.js": "share.js"}
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,30}[a-z0-9]")
CLICK = re.compile(r"[A-Za-z0-9_-]{22}")


class EmbedMiddleware:
    """Answers /embed/*.js without session, cookie or Vary; notes who sent a visitor; every other
    request passes untouched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = SCRIPTS.get(request.path_info)
        if name is not None and request.method in ("GET", "HEAD"):
            return _script(request, name)
        response = self.get_response(request)
        if "via=" in request.META.get("QUERY_STRING", ""):
            _remember_sender(request, response)
        return response


@cache
def source(name: str) -> tuple[bytes, str]:
    """Return a script and the name of its content."""
    body = (Path(__file__).parent / name).read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def _script(request: HttpRequest, name: str) -> HttpResponse:
    body, tag = source(name)
    fresh = tag in request.META.get("HTTP_IF_NONE_MATCH", "")
    response = (
        HttpResponseNotModified()
        if fresh
        else HttpResponse(body, content_type="text/javascript; charset=utf-8")
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _remember_sender(request: HttpRequest, response: HttpResponse) -> None:
    """Keep code and click id of a visitor who opened one of our pages from a decorated link, as the
    redirect does.
    """
    query = QueryDict(request.META["QUERY_STRING"][:2_000])
    code, click = query.get("via", "").lower(), query.get("hz", "")
    if (
        request.method != "GET"
        or not CODE.fullmatch(code)
        or bots.judge("GET", request.META) != bots.HUMAN
    ):
        return
    click = click if CLICK.fullmatch(click) else ""
    if request.COOKIES.get(COOKIE, "").split(".")[:2] != [code, click]:
        remember(response, code, click)

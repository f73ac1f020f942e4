"""Per request: the reader's language, account changes that take effect immediately, and the limit
on writes.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from portal import audit
from portal.accounts.permissions import actor_of
from portal.core import time
from portal.core.web import ratelimit

GetResponse = Callable[[HttpRequest], HttpResponse]
KNOWN = frozenset(code for code, _ in settings.LANGUAGES)


class LanguageMiddleware:
    """Activates the language of the cookie, else the browser's, else the site default.

    The cookie follows the account: it is set at log-in and by the switch, so no query is needed
    here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in KNOWN:
            language = self._asked_for(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    @staticmethod
    def _asked_for(request: HttpRequest) -> str:
        header = request.headers.get("Accept-Language", "")
        for part in header.split(","):
            code = part.split(";")[0].strip().split("-")[0].lower()
            if code in KNOWN:
                return code
        return settings.LANGUAGE_CODE


class PersonMiddleware:
    """Shows times in the member's zone and ends the session of somebody switched off meanwhile."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            if not request.user.is_active:
                logout(request)
            else:
                timezone.activate(request.user.time_zone)
        else:
            timezone.deactivate()
        return self.get_response(request)


class GuardMiddleware:
    """Keeps every write within a measure, and sends staff who lack a second factor from the staff
    pages to where they set it up.

    Without the factor they have no rights anywhere (see User.lacks_second_factor); here they only
    learn why.

    The limits of log-in and sign-up are allauth's own; the API has throttles per key, what systems
    and pages elsewhere send has measures of its own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        guarded = settings.HAZUMI_STAFF_SECOND_FACTOR and request.path.startswith(
            ("/staff/", "/admin/", "/design/")
        )
        if guarded and request.user.is_authenticated and request.user.rights_suspended:
            messages.info(
                request, _("Staff pages need a second factor. Set up an app or a passkey first.")
            )
            return redirect("mfa_index")
        if request.method in ratelimit.WRITES and not request.path.startswith(
            ("/api/", "/inbound/", "/embed/")
        ):
            limit = settings.HAZUMI_WRITES_PER_MINUTE
            verdict = ratelimit.check("write", ratelimit.who(request), limit=limit, seconds=60)
            if not verdict.allowed:
                return ratelimit.too_many(request, verdict.retry_after)
        response = self.get_response(request)
        wait = getattr(request, "retry_after", 0)
        if wait and response.status_code == 200:  # a form that says so itself
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
        if is_for_one_person(request, response):
            response.headers["Cache-Control"] = "private, no-store"
            audit_export(request, response)
        return response


# What is the same for everybody, signed in or not: pictures under names that never come again, the
# script that keeps the offline page.
SHARED = ("immutable", "public")


def is_for_one_person(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether a signed-in person asked, so that nobody between us and them may keep it."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    kept = response.headers.get("Cache-Control", "")
    if any(word in kept for word in SHARED) or "javascript" in response.headers.get(
        "Content-Type", ""
    ):
        return False
    return request.user.is_authenticated


def audit_export(request: HttpRequest, response: HttpResponse) -> None:
    """Leave a row of every table that leaves as a file."""
    match = request.resolver_match
    kind = response.headers.get("Content-Type", "")
    if match is None or response.status_code != 200 or request.method == "HEAD":
        return
    if kind.startswith("text/csv") or match.view_name == "accounts:export":
        audit.record(
            "portal.file.export",
            actor=actor_of(request),
            target=f"portal.page:{match.view_name}"[:120],
            now=time.now(),
        )

"""Middleware: one log line per request, and the content security policy of responses.

Lean versions of what their packages do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.utils.translation import gettext
from django_structlog.app_settings import app_settings
from django_structlog.middlewares import RequestMiddleware

from portal.api.problems import as_problem
from portal.core.text.cleaning import clean_text
from portal.monitoring.logs import name_the_user

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict

log = structlog.get_logger(__name__)
NUL = "\x00"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


class RequestLog(RequestMiddleware):
    """Writes one log line per request when it is answered, with its id.

    Failures and streams are logged as django-structlog does.
    """

    def prepare(self, request: HttpRequest) -> None:
        given = (
            request.META.get("HTTP_X_REQUEST_ID", "")
            if app_settings.TRUST_UPSTREAM_REQUEST_ID
            else ""
        )
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid4())
        structlog.contextvars.bind_contextvars(request_id=request_id)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if hasattr(request, "_raised_exception") or response.streaming:
            super().handle_response(request, response)
            return
        line: dict[str, Any] = {
            "code": response.status_code,
            "request": self.format_request(request),
        }
        name_the_user(request, response, line)
        log.log(self._log_level_for_status_code(response.status_code), "request_finished", **line)
        structlog.contextvars.clear_contextvars()


class RefuseUnreadableInput:
    """Cleans what comes in by queries and forms (portal/core/text/cleaning.py), and refuses the one
    character PostgreSQL cannot keep: it would be a fault of ours deep inside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or ("%00" in query and request.path.startswith("/api/")):
            return unreadable(request)
        while (
            "%00" in query
        ):  # a filter of a page that says nonsense filters nothing; "%0%000" says it twice
            query = request.META["QUERY_STRING"] = query.replace("%00", "")
        if "%" in query and (cleaned := _cleaned(request.GET)):
            request.GET = cleaned
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        """Look at forms; what other systems send is signed as it stands and judged where it is
        read.
        """
        is_form = request.method == "POST" and request.content_type in FORMS
        if not is_form or request.path.startswith(("/api/", "/inbound/", "/embed/")):
            return None
        if any(NUL in value for _, values in request.POST.lists() for value in values):
            return unreadable(request)
        if cleaned := _cleaned(request.POST):
            request.POST = cleaned
        return None


def _cleaned(given: QueryDict) -> _ImmutableQueryDict | None:
    """Return fields with their texts cleaned, None when that changes nothing; a password stays."""
    kept = [(name, value) for name, values in given.lists() for value in values]
    clean = [
        (clean_text(name), value if "password" in name else clean_text(value))
        for name, value in kept
    ]
    return None if clean == kept else QueryDict(urlencode(clean))


def unreadable(request: HttpRequest) -> HttpResponse:
    """Answer 400, to the API in its own form."""
    said = gettext("The request contains a character that cannot be read.")
    if request.path.startswith("/api/"):
        return as_problem("invalid", 400, said)
    return HttpResponseBadRequest(said, content_type="text/plain; charset=utf-8")


class ContentPolicy(CSPMiddleware):
    """The package's middleware, which builds the same header anew for every answer, with that
    header kept.
    """

    def process_request(self, request: HttpRequest) -> None:
        pass  # no page here needs a nonce: there is no inline script

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if _hands_over(request):
            # what the package's own decorators set
            response._csp_update = {"form-action": settings.IDENTITY_PROVIDERS_AT}  # noqa: SLF001  no public way in
        if any(
            name.startswith("_csp") for name in response.__dict__
        ):  # a view asked for another policy
            super().process_request(request)
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


def _hands_over(request: HttpRequest) -> bool:
    """Say whether this page's one form (no fields) is answered by a redirect to an identity
    provider, which browsers hold
    against form-action."""
    match = request.resolver_match
    return match is not None and match.url_name is not None and match.url_name in _hand_over_pages()


@cache
def _hand_over_pages() -> frozenset[str]:
    return frozenset(
        f"{app.rpartition('.')[2]}_login"
        for app in settings.INSTALLED_APPS
        if app.startswith("allauth.socialaccount.providers.")
    )


@cache
def _policy() -> str:
    middleware = CSPMiddleware(lambda request: HttpResponse())
    return build_policy(
        **asdict(middleware.get_policy_parts(request=HttpRequest(), response=HttpResponse()))
    )

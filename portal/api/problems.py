"""Errors as RFC 9457 problem details, in the caller's language (Accept-Language: ja or en)."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"


class Conflict(exceptions.APIException):
    """The request is fine, but not now or not again."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def titles() -> dict[str, str]:
    """Return the words of each kind of problem."""
    return {
        "invalid": _("Something in the request is not right."),
        "parse_error": _("The request cannot be read."),
        "not_authenticated": _("An API key is needed."),
        "authentication_failed": _("The API key is not valid."),
        "permission_denied": _("This API key may not do that."),
        "not_found": _("There is no such thing."),
        "method_not_allowed": _("This method is not allowed here."),
        "not_acceptable": _("Only JSON is answered."),
        "unsupported_media_type": _("Only JSON is taken."),
        "throttled": _("Too many requests."),
        "conflict": _("This does not go together with what was done before."),
        "unavailable": _("The service is not available right now. Please try again in a moment."),
        "error": _("Something went wrong on our side."),
    }


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any error of an API view.

    An unexpected one is logged and rolled back, and reveals no internals.
    """
    known = _known(error)
    set_rollback()
    headers: dict[str, str] = {}
    scheme = getattr(known, "auth_header", None)
    if scheme:
        headers["WWW-Authenticate"] = scheme
    wait = getattr(known, "wait", None)  # only Throttled has it
    if wait is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    if known.status_code >= 500:
        log.error("api_error", exc_info=error)
    return problem(known.default_code, known.status_code, known.detail, headers)


def as_problem(code: str, status_code: int, detail: str = "") -> HttpResponse:
    """Build the same answer where no API view was reached."""
    return JsonResponse(
        body_of(code, status_code, detail), status=status_code, content_type=CONTENT_TYPE
    )


def problem(
    code: str, status_code: int, detail: Any = None, headers: dict[str, str] | None = None
) -> Response:
    """Build a problem details answer."""
    return Response(
        body_of(code, status_code, detail),
        status=status_code,
        headers=headers,
        content_type=CONTENT_TYPE,
    )


def body_of(code: str, status_code: int, detail: Any = None) -> dict[str, Any]:
    """Return what such an answer says."""
    body: dict[str, Any] = {
        "type": f"/api/v1/docs/#problem-{code}",
        "title": titles().get(code, code),
        "status": status_code,
    }
    if isinstance(detail, dict | list):
        body["errors"] = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    elif detail:
        body["detail"] = str(detail)
    return body


def _known(error: Exception) -> exceptions.APIException:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, ModelError):
        return exceptions.ValidationError(as_serializer_error(error))
    return exceptions.APIException(detail="")

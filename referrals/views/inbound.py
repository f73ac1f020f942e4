"""The endpoint other systems send to.

The response is always 2xx, 4xx or "retry later", never a 5xx.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.accounts.permissions import public
from portal.core import time
from portal.core.web import ratelimit
from referrals.inbound.signatures import Refused
from referrals.models import InboundSource
from referrals.services.intake import webhooks

LARGEST: Final = 262_144  # bytes; Stripe's largest events are some ten thousand
PER_MINUTE: Final = 1_200  # messages of one source from one address
REFUSALS_PER_MINUTE: Final = (
    30  # of one source from one address; beyond it nothing is written, not even a count
)


@csrf_exempt
@public
@require_POST
def receive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take in one message of a system: size, measure, signature, then keep and process it."""
    now = time.now()
    who = f"{public_id}:{ratelimit.client_address(request)}"
    verdict = ratelimit.check("inbound", who, limit=PER_MINUTE, seconds=60)
    if not verdict.allowed:
        return _later(verdict.retry_after)
    source = InboundSource.objects.select_related("program").filter(public_id=public_id).first()
    if source is None:
        return JsonResponse({"status": "unknown"}, status=404)
    if source.disabled_at is not None:
        return JsonResponse({"status": "off"}, status=403)
    body = _body(request)
    if body is None:
        return JsonResponse({"status": "too_large", "largest": LARGEST}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    url = f"{settings.HAZUMI_BASE_URL}{request.get_full_path()}"
    try:
        external_id = webhooks.verify(
            source, body, headers, now, method=request.method or "POST", url=url
        )
    except Refused as refused:
        verdict = ratelimit.check("inbound_refused", who, limit=REFUSALS_PER_MINUTE, seconds=60)
        if not verdict.allowed:
            return _later(verdict.retry_after)
        webhooks.count_refusal(source, refused, now)
        return JsonResponse({"status": "refused", "reason": str(refused)}, status=401)
    receipt = webhooks.take_message(
        source=source, external_id=external_id, body=body, headers=headers, now=now
    )
    return JsonResponse(receipt.result, status=receipt.code)


def _body(request: HttpRequest) -> bytes | None:
    """Return the body; None when it is too large.

    One that breaks off is empty, and no signature fits it.
    """
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdigit() and len(length) < 12):
        return b""
    if int(length) > LARGEST:
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    except (UnreadablePostError, RawPostDataException):  # broken off, or sent as a form
        return b""
    return body if len(body) <= LARGEST else None


def _later(seconds: int) -> HttpResponse:
    return JsonResponse({"status": "too_many"}, status=429, headers={"Retry-After": str(seconds)})

"""`Idempotency-Key`: the effect and its response are one transaction, so that a repeated request
gets the stored response.

The row is unique per API key and lives for ever in PostgreSQL. A second request waits for the first
one's commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.models import ApiKey, IdempotencyRecord
from portal.api.problems import Conflict
from portal.core import time
from portal.core.db.inserts import insert_once

HEADER = "Idempotency-Key"
Method = Callable[..., Response]


def idempotent(method: Method) -> Method:
    """Make a writing method of an API view safe to repeat.

    Only answers below 400 are kept; errors may be corrected.
    """

    @wraps(method)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not 1 <= len(key) <= 255 or not key.isprintable():
            raise ValidationError(
                {
                    HEADER: [
                        _(
                            "This header is required: 1 to 255 characters that identify this "
                            "request."
                        )
                    ]
                }
            )
        assert isinstance(request.auth, ApiKey)
        wanted = request_hash(request)
        with transaction.atomic():
            number = _claim(request.auth, key, wanted)
            if number is None:
                return _replayed(request.auth, key, wanted)
            response = method(view, request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                body = json.loads(JSONRenderer().render(response.data) or b"null")
                IdempotencyRecord.objects.filter(pk=number).update(
                    status=response.status_code, body=body
                )
        return response

    once.idempotent = True  # type: ignore[attr-defined]  # the schema names the header
    return once


def request_hash(request: Request) -> str:
    """Return what makes two requests the same: method, address and body."""
    body = json.dumps(request.data, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(
        f"{request.method} {request.get_full_path()}\n{body}".encode()
    ).hexdigest()


def bind_key(request: Request) -> None:
    """Tie the header to this request for good, where something else in the body makes the act safe
    to repeat.

    Nothing of the act's effect is kept here: the same request may come again and is carried out if
    it was not yet. Raises Conflict when the header named another request before.
    """
    key, wanted = request.headers.get(HEADER, "").strip(), request_hash(request)
    assert isinstance(request.auth, ApiKey)
    if _claim(request.auth, key, wanted) is None:
        record = IdempotencyRecord.objects.get(api_key=request.auth, key=key)
        if record.request_hash != wanted:
            raise Conflict(_("This Idempotency-Key was used for another request."))


def _claim(api_key: ApiKey, key: str, wanted: str) -> int | None:
    """Take the key, waiting for whoever is just using it; None when it was used before."""
    record = IdempotencyRecord(api_key=api_key, key=key, request_hash=wanted, created_at=time.now())
    return record.pk if insert_once(record) else None


def _replayed(api_key: ApiKey, key: str, wanted: str) -> Response:
    record = IdempotencyRecord.objects.get(api_key=api_key, key=key)
    if record.request_hash != wanted:
        raise Conflict(_("This Idempotency-Key was used for another request."))
    return Response(
        record.body, status=record.status or 200, headers={"Idempotent-Replayed": "true"}
    )

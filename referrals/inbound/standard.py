"""Standard Webhooks in our own format: {"type": "stage", "data": {…}}, with the fields of the
API.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from rest_framework import serializers

from referrals.inbound import (
    serializers as api,  # the one list of what a fact may say, and its checks
)
from referrals.inbound.parsed import ParseError, Reading, Told
from referrals.inbound.values import text

TAKES: Final[dict[str, type[serializers.Serializer[Any]]]] = {
    "introduction": api.IntroductionSerializer,
    "stage": api.StageSerializer,
    "conversion": api.ConversionFactSerializer,
    "refund": api.RefundFactSerializer,
}


def read(payload: Any, *, program: str, message_id: str, now: datetime) -> Reading:
    """Return the fact of one message; a type that is none of ours is ignored.

    Raises NotUnderstood.
    """
    if not isinstance(payload, dict) or not text(payload.get("type"), 80):
        raise ParseError("no_event")
    name = text(payload["type"], 80)
    takes, data = TAKES.get(name.removeprefix("hazumi.")), payload.get("data")
    if takes is None:
        return Reading(name, note="other_event")
    if not isinstance(data, dict):
        raise ParseError("no_data")
    form = takes(data=data, context={"now": now})
    if not form.is_valid():
        where, errors = next(iter(form.errors.items()))
        raise ParseError(
            "bad_field", f"{where}: {errors[0] if isinstance(errors, list) else errors}"[:150]
        )
    body = {key: value for key, value in dict(form.data).items() if value is not None}
    external = str(body.pop("external_id", "") or message_id)
    body.pop("source", None)
    return Reading(
        name, (Told(name.removeprefix("hazumi."), external, {"program": program, **body}),)
    )

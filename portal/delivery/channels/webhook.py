"""Webhooks by Standard Webhooks 1.0: id, timestamp and HMAC-SHA256 signatures, one per secret
during a rotation.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC

from django.utils.translation import gettext_lazy as _
from standardwebhooks.webhooks import Webhook

from portal.delivery.channels import Channel, Message
from portal.delivery.channels.http_call import post_json
from portal.delivery.retry import Answer


def new_secret() -> str:
    """Make a signing secret: whsec_ and 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(message: Message, body: bytes) -> dict[str, str]:
    """Sign the body. The library signs the timestamp of what it is handed, so it is handed UTC."""
    moment = message.now.astimezone(UTC)
    signatures = [
        Webhook(secret).sign(message.id, moment, body.decode()) for secret in message.secrets
    ]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def send(message: Message) -> Answer:
    """POST the signed body; unsigned nothing leaves."""
    if not message.secrets:
        return Answer(error="the secret cannot be read; rotate it")
    body = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
    return post_json(message.url, body, headers(message, body))


CHANNEL = Channel(
    name="webhook", label=_("Webhook (signed JSON)"), send=send, is_signed=True, icon="webhook"
)

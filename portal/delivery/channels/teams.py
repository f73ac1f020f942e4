"""Microsoft Teams through a Workflows webhook: an Adaptive Card (connector URLs were retired in
2026).
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.delivery.channels import Channel, Message
from portal.delivery.channels.http_call import post_json
from portal.delivery.channels.message_text import Line, lines
from portal.delivery.retry import Answer


def payload(message: Message) -> dict[str, Any]:
    """Return one Adaptive Card for the whole message."""
    told = lines(message.bodies, settings.HAZUMI_BASE_URL)[:20]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [element for each in told for element in _elements(each)],
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        ],
    }


def send(message: Message) -> Answer:
    """POST one card."""
    return post_json(message.url, payload(message))


CHANNEL = Channel(name="teams", label=_("Microsoft Teams"), send=send, is_chat=True)


def _elements(each: Line) -> list[dict[str, Any]]:
    title = _safe(each.title)
    text = f"[{title}]({each.url})" if each.url else title
    elements: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": text, "weight": "Bolder", "wrap": True}
    ]
    if each.text:
        elements.append({"type": "TextBlock", "text": _safe(each.text), "wrap": True})
    if each.facts:
        facts = [{"title": name, "value": value} for name, value in each.facts[:10]]
        elements.append({"type": "FactSet", "facts": facts})
    return elements


def _safe(text: str) -> str:
    """Take the meaning from the Markdown a card understands."""
    return re.sub(r"([\\\[\]()*_~`#])", r"\\\1", text)

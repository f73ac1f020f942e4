"""Slack's incoming webhooks, and services that accept the same JSON (Mattermost, Rocket.Chat,
Google Chat through bridges).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.delivery.channels import Channel, Message
from portal.delivery.channels.http_call import post_json
from portal.delivery.channels.message_text import Line, lines
from portal.delivery.retry import Answer


def payload(message: Message) -> dict[str, Any]:
    """Return text for notifications and old clients, and blocks for the rest."""
    told = lines(message.bodies, settings.HAZUMI_BASE_URL)
    blocks = [_section(each) for each in told[:40]]
    return {"text": "\n".join(_plain(each) for each in told)[:3000], "blocks": blocks}


def send(message: Message) -> Answer:
    """POST one message."""
    return post_json(message.url, payload(message))


CHANNEL = Channel(name="slack", label=_("Slack or compatible chat"), send=send, is_chat=True)


def _section(each: Line) -> dict[str, Any]:
    link = f"<{each.url}|{_safe(each.title)}>" if each.url else _safe(each.title)
    text = f"*{link}*" + (f"\n{_safe(each.text)}" if each.text else "")
    section: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900]}}
    if each.facts:
        section["fields"] = [
            {"type": "mrkdwn", "text": f"*{_safe(name)}*\n{_safe(value)}"[:1900]}
            for name, value in each.facts[:10]
        ]
    return section


def _plain(each: Line) -> str:
    return _safe(f"{each.title} {each.url}".strip())


def _safe(text: str) -> str:
    """Escape what Slack gives a meaning: nobody calls @channel through a title."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

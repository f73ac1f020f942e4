"""Signed unsubscribe URLs that work without signing in (RFC 8058).

Pure but for the site's key.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "hazumi.unsubscribe"


def token(user_id: int, kind: str) -> str:
    """Return the signed token that stops one kind of mail (or "*") for one person."""
    return signing.dumps([user_id, kind], salt=SALT)


def read_token(text: str) -> tuple[int, str] | None:
    """Return whom and what a token stops, or None when it was not made here."""
    try:
        user_id, kind = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(user_id), str(kind)


def unsubscribe_url(user_id: int, kind: str) -> str:
    return settings.HAZUMI_BASE_URL + reverse(
        "notifications:unsubscribe", args=[token(user_id, kind)]
    )


def absolute(url: str) -> str:
    """Return an address that works in a mail."""
    return settings.HAZUMI_BASE_URL + url if url.startswith("/") else url

"""Secrets at rest: encrypted with keys derived from SECRET_KEY; SECRET_KEY_FALLBACKS can still read
them.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _key(secret: str) -> Fernet:
    digest = hashlib.blake2b(secret.encode(), digest_size=32, person=b"hazumi.secrets").digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _keys() -> MultiFernet:
    return MultiFernet(
        [_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def encrypt(text: str) -> str:
    """Return `text` in a form that may stand in the database."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Return what was encrypted. Raises ValueError when no current key fits."""
    try:
        return _keys().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise ValueError("The secret cannot be read with the present SECRET_KEY.") from error

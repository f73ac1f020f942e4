"""`Authorization: Bearer hz_…`: the key is request.auth, its maker request.user."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from portal.accounts.models import User
from portal.api import services
from portal.api.models import ApiKey
from portal.core import time
from portal.core.web import ratelimit

BAD_KEYS = 30  # wrong keys a minute from one address


class KeyAuthentication(BaseAuthentication):
    """Opens with a key; without one nobody is signed in, and a session is worth nothing here."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        now = time.now()
        text = words[1].decode("latin-1") if len(words) == 2 else ""
        key = services.find_key(text, now=now)
        if key is None:
            address = ratelimit.client_address(request._request)  # noqa: SLF001  Django's request below DRF's
            verdict = ratelimit.check("api_bad_key", address, limit=BAD_KEYS, seconds=60)
            if not verdict.allowed:
                raise Throttled(wait=verdict.retry_after)
            raise AuthenticationFailed(_("This API key is not valid."))
        services.note_use(key, now=now)
        return key.created_by, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="hazumi"'

"""Making and revoking keys; every act is audited."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from portal.api.models import ApiKey

MARK = "hz"
# What a request asks of a key and of its maker. It is asked every time, so that a closed key is
# closed at once.
ASKED = (
    "name",
    "prefix",
    "digest",
    "scopes",
    "expires_at",
    "last_used_at",
    "revoked_at",
    "created_by__is_active",
    "created_by__is_administrator",
    "created_by__public_id",
    "created_by__display_name",
)


def digest_of(secret: str) -> str:
    """Hash a key's secret part. It has 256 bits of chance, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_key(
    *,
    name: str,
    scopes: Sequence[str],
    actor: User,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; returns it and its text, which is shown this once."""
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        created_by=actor,
        created_at=now,
        expires_at=expires_at,
    )
    after = {"name": name, "scopes": key.scopes, "prefix": prefix}
    audit.record("api.key.create", actor=actor, target=f"api.key:{key.pk}", after=after, now=now)
    return key, f"{MARK}_{prefix}_{secret}"


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: User | None, now: datetime, reason: str = "") -> None:
    """Close a key at once and for good."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit.record(
            "api.key.revoke", actor=actor, target=f"api.key:{key.pk}", reason=reason, now=now
        )


def find_key(text: str, *, now: datetime) -> ApiKey | None:
    """Return the active key matching `text`, or None.

    Its maker must still be active with the same permissions.
    """
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not prefix or not secret or len(text) > 200:
        return None
    keys = ApiKey.objects.select_related("created_by").only(*ASKED)
    key = keys.filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.digest, digest_of(secret)):
        return None
    if not key.is_open(now) or not key.created_by.is_active or not key.created_by.is_administrator:
        return None
    return key


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Remember when a key was last used, to the minute."""
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() >= 60:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)

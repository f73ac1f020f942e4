"""Privacy of the API: deactivating a user revokes their keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.accounts.privacy import register_deactivation_handler, register_exporter
from portal.api.models import ApiKey
from portal.api.services import revoke_key


def exported_keys(user: User) -> Iterable[dict[str, Any]]:
    """Yield the API keys the user made, without the secrets."""
    yield from map(
        dict,
        ApiKey.objects.filter(created_by=user).values("name", "scopes", "created_at", "revoked_at"),
    )


def stop(user: User, now: datetime) -> None:
    """Revoke every API key the user made."""
    for key in ApiKey.objects.filter(created_by=user, revoked_at=None):
        revoke_key(key=key, actor=None, now=now, reason="its maker was switched off")


def register() -> None:
    register_exporter("api_keys", exported_keys)
    register_deactivation_handler("api", stop)

"""A person who is switched off leaves no key behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.accounts.privacy import register_exporter, register_off_boarder
from portal.api.models import ApiKey
from portal.api.services import revoke_key


def exported_keys(user: User) -> Iterable[dict[str, Any]]:
    """Yield the keys she made, without what opens them."""
    yield from map(
        dict,
        ApiKey.objects.filter(created_by=user).values("name", "scopes", "created_at", "revoked_at"),
    )


def stop(user: User, now: datetime) -> None:
    """Revoke every key she made."""
    for key in ApiKey.objects.filter(created_by=user, revoked_at=None):
        revoke_key(key=key, actor=None, now=now, reason="its maker was switched off")


def register() -> None:
    register_exporter("api_keys", exported_keys)
    register_off_boarder("api", stop)

"""Revokes keys that somebody else may have made with a person's account."""

from __future__ import annotations

from datetime import datetime

from portal.api.models import ApiKey
from portal.api.services import revoke_key
from portal.events import on
from portal.events.models import Event


@on("accounts.address.restored")
def revoke_keys_in_doubt(event: Event) -> None:
    """Revoke what the account made since somebody else may have used it."""
    since = datetime.fromisoformat(event.payload["since"])
    made = ApiKey.objects.filter(
        created_by_id=event.payload["user_id"], created_at__gte=since, revoked_at=None
    )
    for key in made:
        revoke_key(
            key=key, actor=None, now=event.occurred_at, reason="its maker took their account back"
        )

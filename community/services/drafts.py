"""Drafts, kept on the server so that they are available on every device."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community.models import Draft
from portal.accounts.models import User


def save_draft(*, user: User, key: str, data: dict[str, Any], now: datetime) -> Draft:
    """Keep what is in a form; the newest wins."""
    draft, _ = Draft.objects.update_or_create(
        user=user, key=key, defaults={"data": data, "saved_at": now, "discarded_at": None}
    )
    return draft


def forget_draft(*, user: User, key: str) -> None:
    """The text was sent; the draft has done its work."""
    Draft.objects.filter(user=user, key=key).delete()


def discard_draft(*, draft: Draft, now: datetime) -> None:
    """Throw a draft away so that it can be taken back."""
    Draft.objects.filter(pk=draft.pk).update(discarded_at=now)


def restore_draft(*, draft: Draft) -> None:
    Draft.objects.filter(pk=draft.pk).update(discarded_at=None)

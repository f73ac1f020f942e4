"""Privacy of notifications: export and erasure of a person's data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.accounts.privacy import register_eraser, register_exporter
from portal.notifications.models import Notification, Preference, QuietHours


def exported_notifications(user: User) -> Iterable[dict[str, Any]]:
    """Yield every notification."""
    rows = Notification.objects.filter(user=user).order_by("pk")
    yield from map(dict, rows.values("kind", "title", "url", "created_at", "read_at").iterator())


def exported_preferences(user: User) -> Iterable[dict[str, Any]]:
    """Yield the user's notification preferences."""
    yield from map(dict, Preference.objects.filter(user=user).values("kind", "in_page", "mail"))


def exported_quiet_hours(user: User) -> Iterable[dict[str, Any]]:
    """Yield the user's quiet hours."""
    yield from map(dict, QuietHours.objects.filter(user=user).values("begins", "ends"))


def erase(user: User, now: datetime) -> None:
    """Delete the user's notifications and preferences; remove their name from other people's
    notifications.
    """
    Notification.objects.filter(user=user).delete()
    Preference.objects.filter(user=user).delete()
    QuietHours.objects.filter(user=user).delete()
    Notification.objects.filter(actor=user).update(actor=None)


def register() -> None:
    register_exporter("notifications", exported_notifications)
    register_exporter("notification_preferences", exported_preferences)
    register_exporter("quiet_hours", exported_quiet_hours)
    register_eraser("notifications", erase)

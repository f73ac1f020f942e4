"""What is kept about a person here, and how it goes."""

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
    """Yield what she prefers."""
    yield from map(dict, Preference.objects.filter(user=user).values("kind", "in_page", "mail"))


def exported_quiet_hours(user: User) -> Iterable[dict[str, Any]]:
    """Yield when she wants no mail."""
    yield from map(dict, QuietHours.objects.filter(user=user).values("begins", "ends"))


def erase(user: User, now: datetime) -> None:
    """Delete what she was told and what she prefers; what others were told of her loses its
    name.
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

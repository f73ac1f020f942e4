"""Stops mail to a deactivated user and deletes deliveries to an erased one."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import User
from portal.accounts.privacy import register_deactivation_handler, register_eraser
from portal.delivery.models import Delivery
from portal.delivery.state_machine import DELIVERY


def stop(user: User, now: datetime) -> None:
    """Cancel every pending delivery to the user."""
    dead = Delivery.State.DEAD
    waiting = Delivery.objects.filter(user_id=user.pk, state__in=DELIVERY.sources(dead))
    waiting.update(state=dead, reason="switched off", finished_at=now)


def erase(user: User, now: datetime) -> None:
    """Delete the deliveries sent to the user."""
    Delivery.objects.filter(user_id=user.pk).delete()


def register() -> None:
    register_deactivation_handler("delivery", stop)
    register_eraser("delivery", erase)

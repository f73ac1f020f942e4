"""Mails on their way to a person stop when she is switched off and go when she is erased."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import User
from portal.accounts.privacy import register_eraser, register_off_boarder
from portal.delivery.models import Delivery


def stop(user: User, now: datetime) -> None:
    """Let nothing more leave for her."""
    waiting = Delivery.objects.filter(user_id=user.pk, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.DEAD, reason="switched off", finished_at=now)


def erase(user: User, now: datetime) -> None:
    """Delete what left for her."""
    Delivery.objects.filter(user_id=user.pk).delete()


def register() -> None:
    register_off_boarder("delivery", stop)
    register_eraser("delivery", erase)

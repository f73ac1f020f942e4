"""Wiring between apps of one layer: notification mails are sent through delivery; neither app knows
the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.delivery import services as delivery
from portal.delivery.channels import email as channel
from portal.events.models import Event
from portal.notifications import email, outbox, registry
from portal.notifications.registry import Kind


def join() -> None:
    """Join them; called when the apps are ready."""
    outbox.register_outbox(delivery.enqueue_mail)
    channel.register_sender(send)
    registry.register_kind(
        Kind(
            name="destination",
            label=_("A destination fails or was switched off"),
            staff=True,
            mail="now",
            order=900,
            event=("delivery.destination.failed", "delivery.destination.switched"),
            recipients=administrators,
            text=_("The destination “%(title)s” needs a look: %(state)s %(reason)s"),
        )
    )


def send(user_id: int, mail_id: str, body: dict[str, Any]) -> None:
    """Send a queued mail; what will never be wanted again is not tried again."""
    try:
        email.send_queued(user_id, mail_id, body)
    except email.RecipientGone as error:
        raise channel.Undeliverable(str(error)) from error


def administrators(event: Event) -> Iterable[int]:
    """Those who can mend a destination."""
    return User.objects.filter(is_administrator=True, is_active=True).values_list("pk", flat=True)

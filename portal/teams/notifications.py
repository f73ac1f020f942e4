"""Notification kinds: to the customer, that something came of what they said; to the owner, that
somebody waits.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from portal.events.models import Event
from portal.notifications.registry import Kind, register_kind


def told(event: Event) -> Iterable[int | None]:
    """The customer who was notified."""
    yield event.payload.get("person_id")


def owner(event: Event) -> Iterable[int | None]:
    """Who answers for the signal."""
    yield event.payload.get("owner_id")


def called_in(event: Event) -> Iterable[int | None]:
    """Whoever a late signal was escalated to."""
    return list(event.payload.get("recipient_ids", ()))


def register() -> None:
    """Add the kinds; called from the app's ready()."""
    register_kind(
        Kind(
            name="told",
            label=_("An update on what I said"),
            event="teams.customer.told",
            recipients=told,
            text=_("There is an answer from us to “%(title)s”. Did it solve it?"),
            url=lambda event: (
                str(event.payload.get("url")) if event.payload.get("public_answer") else "/"
            ),
            mail="now",
            order=15,
        )
    )
    register_kind(
        Kind(
            name="signal_raised",
            label=_("A customer waits for me"),
            staff=True,
            order=500,
            mail="daily",
            event="teams.signal.raised",
            recipients=owner,
            text=_("A customer waits for you: “%(title)s”"),
        )
    )
    register_kind(
        Kind(
            name="signal_escalated",
            label=_("A customer has waited longer than promised"),
            staff=True,
            order=490,
            mail="now",
            event="teams.signal.escalated",
            recipients=called_in,
            text=_("“%(title)s” waits longer than promised and was passed on to you"),
        )
    )

"""Delivery completion callbacks, run in the transaction that ends the delivery, so that their
effect happens exactly once.

The app that creates a delivery registers the prefix of its keys. Such a delivery is retried only by
its owner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portal.core.registry import Registry
from portal.delivery.models import Delivery
from portal.delivery.retry import Answer

# Takes the delivery that was answered with 2xx, and the answer.
OnDelivered = Callable[[Delivery, Answer, datetime], None]
# Takes the delivery given up, the last answer, and whether the other side clearly refused (else it
# may have acted).
OnDead = Callable[[Delivery, Answer, bool, datetime], None]


@dataclass(frozen=True, slots=True)
class Owner:
    """What an app does when one of its deliveries has ended."""

    prefix: str
    on_delivered: OnDelivered
    on_dead: OnDead


_owners: Registry[str, Owner] = Registry("owner of deliveries")


def register(prefix: str, *, on_delivered: OnDelivered, on_dead: OnDead) -> None:
    """Own every delivery whose key begins with `prefix`."""
    _owners.register(prefix, Owner(prefix, on_delivered, on_dead))


def owner_of(key: str) -> Owner | None:
    """Return who owns the deliveries of this key."""
    return next((owner for owner in _owners if key.startswith(owner.prefix)), None)


def owned() -> Q:
    """Return what selects the deliveries that only their owner repeats."""
    chosen = Q(pk__in=())
    for owner in _owners:
        chosen |= Q(key__startswith=owner.prefix)
    return chosen

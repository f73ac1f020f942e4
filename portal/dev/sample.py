"""Loading and removing the sample company (見本).

Each app registers its part through portal.dev.demo_registry.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from portal import audit
from portal.accounts.models import Membership, Organization, User
from portal.audit.services import unrecorded
from portal.core.db.prepared_statements import auto_prepare
from portal.core.jobs.enqueue import muted
from portal.core.time import now as clock
from portal.delivery.models import Delivery
from portal.dev import demo_registry
from portal.dev.demo_registry import DemoWorld
from portal.dev.sample_removal import remove_everything
from portal.events import dispatch

SEED = 20_261_122
LENGTH = timedelta(days=120)
Say = Callable[[str], None]


class AlreadyLoaded(ValueError):
    """The sample is there."""


class PeopleAreHere(ValueError):
    """Somebody real has an account: the sample is not mixed among them."""


def is_loaded() -> bool:
    """Say whether sample rows are in the database."""
    return Organization.objects.filter(is_sample=True).exists()


def load(*, end: datetime, say: Say = lambda line: None, is_small: bool = False) -> DemoWorld:
    """Load four months of history that end at `end`; the same `end` gives the same history.

    Raises AlreadyLoaded, PeopleAreHere. All or nothing: a load that is interrupted leaves nothing
    behind.
    """
    if is_loaded():
        raise AlreadyLoaded
    if User.objects.filter(is_sample=False).exclude(email__endswith=".invalid").exists():
        raise PeopleAreHere
    end = end.replace(minute=0, second=0, microsecond=0)
    dice = random.Random(SEED)  # noqa: S311  a story, not a secret
    world = DemoWorld(start=end - LENGTH, end=end, dice=dice, is_small=is_small)
    with muted(), unrecorded(), transaction.atomic(), auto_prepare():
        for name, create in demo_registry.parts():
            world.dice.seed(f"{SEED}-{name}")
            create(world)
            done = dispatch.run_pending(now=end)
            say(f"{name}: {done} facts")
        Delivery.objects.filter(
            user_id__in=User.objects.filter(is_sample=True).values("pk")
        ).delete()  # nobody is mailed
    return world


def has_real_administrator() -> bool:
    """Say whether anybody but the sample's people could go on administering when the sample is
    gone.
    """
    return User.objects.filter(is_administrator=True, is_active=True, is_sample=False).exists()


def remove(
    *, say: Say = lambda line: None, actor: User | None = None, now: datetime | None = None
) -> int:
    """Delete everything the sample made and everything that hangs on it; return how many rows
    went.
    """
    now = now or clock()
    with transaction.atomic():
        _hand_over_own_company()
        gone = remove_everything(now)
        audit.record(
            "portal.dev.sample.remove",
            actor=actor,
            target="portal.dev.sample",
            now=now,
            after={"rows": gone},
        )
    say(f"{gone} rows")
    return gone


def _hand_over_own_company() -> None:
    """The sample's own company stays for the real people who work there, under this Hazumi's
    name.
    """
    real = Membership.objects.filter(user__is_sample=False, ended_at=None).values("organization")
    own = Organization.objects.filter(is_own=True, is_sample=True, pk__in=real).first()
    if own is not None:
        own.name, own.is_sample = settings.HAZUMI_COMPANY_NAME, False
        own.save(update_fields=["name", "is_sample"])
        own.email_domains.all().delete()

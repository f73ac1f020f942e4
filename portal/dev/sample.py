"""Loading and removing the sample company (見本).

Each app registers its part through portal.dev.demo_registry.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, ProtectedError, Q, QuerySet, RestrictedError

from portal import audit
from portal.accounts.models import Membership, Organization, User
from portal.core.db.prepared_statements import auto_prepare
from portal.core.jobs.enqueue import muted
from portal.core.time import now as clock
from portal.delivery.models import Delivery
from portal.dev import demo_registry
from portal.dev.demo_registry import DemoWorld
from portal.events import dispatch
from portal.events.models import Event

SEED = 20_261_122
LENGTH = timedelta(days=120)
Say = Callable[[str], None]


class AlreadyLoaded(ValueError):
    """The sample is there."""


def is_loaded() -> bool:
    """Say whether sample rows are in the database."""
    return Organization.objects.filter(is_sample=True).exists()


def load(*, end: datetime, say: Say = lambda line: None) -> DemoWorld:
    """Load four months of history that end at `end`; the same `end` gives the same history.

    Raises AlreadyLoaded. All or nothing: a load that is interrupted leaves nothing behind.
    """
    if is_loaded():
        raise AlreadyLoaded
    end = end.replace(minute=0, second=0, microsecond=0)
    world = DemoWorld(start=end - LENGTH, end=end, dice=random.Random(SEED))  # noqa: S311  a story, not a secret
    with muted(), transaction.atomic(), auto_prepare():
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
    with transaction.atomic():
        with (
            connection.cursor() as cursor
        ):  # the ledger and the audit chain refuse DELETE to everybody else
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() == (True,):
                cursor.execute("SET LOCAL session_replication_role = replica")
        _hand_over_own_company()
        people = set(User.objects.filter(is_sample=True).values_list("pk", flat=True))
        companies = set(Organization.objects.filter(is_sample=True).values_list("pk", flat=True))
        gone = Event.objects.filter(
            Q(actor_id__in=people) | Q(organization_id__in=companies)
        ).delete()[0]
        gone += sum(remove() for remove in demo_registry.removers())
        gone += delete_with_dependants(User.objects.filter(pk__in=people))
        gone += delete_with_dependants(Organization.objects.filter(pk__in=companies))
        audit.record(
            "portal.dev.sample.remove",
            actor=actor,
            target="portal.dev.sample",
            now=now or clock(),
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


def delete_with_dependants(rows: QuerySet[Model], depth: int = 0) -> int:
    """Delete rows; what protects them is deleted first."""
    if depth > 12:
        raise RecursionError("rows protect each other in a circle")
    for _attempt in range(20):
        try:
            with transaction.atomic():
                return rows.delete()[0]
        except ProtectedError as error:
            blocking = list(error.protected_objects)
        except RestrictedError as error:
            blocking = list(error.restricted_objects)
        kinds: dict[type[Model], list[int]] = {}
        for row in blocking:
            kinds.setdefault(type(row), []).append(row.pk)
        for kind, ids in kinds.items():
            delete_with_dependants(kind._base_manager.filter(pk__in=ids), depth + 1)  # noqa: SLF001  no public way in
    raise RecursionError("what protects the sample does not end")

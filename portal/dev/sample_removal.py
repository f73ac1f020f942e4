"""Removing the sample company: its rows, what hangs on them, and what only names them by id.

Rows with foreign keys go through Django's own deletion, and every deleted row is noted. What holds
plain ids instead (events, points, turns, signals, documents) is found by those notes; each app adds
what is its own through portal.dev.demo_registry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, ProtectedError, Q, QuerySet, RestrictedError
from django.db.models.signals import post_delete

from portal.accounts.models import Organization, User
from portal.delivery.models import Delivery
from portal.dev import demo_registry
from portal.engagement.services import take_back
from portal.events.models import Event
from portal.flywheel.forgetting import forget_events
from portal.flywheel.models import DailyValue, Turn
from portal.notifications.models import Notification
from portal.search.models import SearchDocument, SearchQueue
from portal.teams.models import Signal, Told


@dataclass
class Removal:
    """One removal: who and what goes, and what has gone so far."""

    people: set[int]
    companies: set[int]
    now: datetime
    deleted: dict[type[Model], set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def rows(self) -> int:
        return sum(len(ids) for ids in self.deleted.values())

    @property
    def subjects(self) -> set[str]:
        """Everything that has gone, as events and signals name it."""
        return {
            f"{kind._meta.app_label}.{noun}:{pk}"  # noqa: SLF001  its documented name
            for kind, ids in self.deleted.items()
            for noun in demo_registry.nouns_of(kind)
            for pk in ids
        }

    def delete(self, rows: QuerySet[Any]) -> None:
        """Delete rows, and first what protects them."""
        delete_with_dependants(rows)


def remove_everything(now: datetime) -> int:
    """Delete every row of the sample in the caller's transaction; return how many."""
    removal = Removal(
        people=set(User.objects.filter(is_sample=True).values_list("pk", flat=True)),
        companies=set(Organization.objects.filter(is_sample=True).values_list("pk", flat=True)),
        now=now,
    )
    with _noting(removal), _append_only_tables_let_go():
        named = Q(organization_id__in=removal.companies) | Q(person_id__in=removal.people)
        for model in (Signal, Told, Turn):
            removal.delete(model._default_manager.filter(named))  # noqa: SLF001  its documented name
        for remove in demo_registry.removers():
            remove(removal)
        removal.delete(User.objects.filter(pk__in=removal.people))
        removal.delete(Organization.objects.filter(pk__in=removal.companies))
        _delete_what_names_them(removal)
        for settle in demo_registry.settlers():
            settle(removal)
    return removal.rows


@contextmanager
def _noting(removal: Removal) -> Iterator[None]:
    def note(sender: type[Model], instance: Model, **_kwargs: Any) -> None:
        if isinstance(instance.pk, int):
            removal.deleted[sender].add(instance.pk)

    post_delete.connect(note, dispatch_uid="sample_removal")
    try:
        yield
    finally:
        post_delete.disconnect(dispatch_uid="sample_removal")


@contextmanager
def _append_only_tables_let_go() -> Iterator[None]:
    """Their triggers stay on, and let go of rows of the sample alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hazumi.removing_sample', 'on', true)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config('hazumi.removing_sample', '', true)")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _delete_what_names_them(removal: Removal) -> None:
    """Events about what has gone, what counted them, and signals and updates about it."""
    for model in (Signal, Told, Turn):
        removal.delete(model._default_manager.filter(subject__in=removal.subjects))  # noqa: SLF001  as above
    events = Event.objects.filter(
        Q(actor_id__in=removal.people)
        | Q(organization_id__in=removal.companies)
        | Q(subject__in=removal.subjects)
    )
    gone = dict(events.values_list("pk", "public_id"))
    Notification.objects.filter(event_id__in=gone).delete()
    Delivery.objects.filter(
        Q(user_id__in=removal.people)
        | Q(key__in=[f"event:{public_id}" for public_id in gone.values()])
    ).delete()
    take_back(gone)
    forget_events(gone, now=removal.now)
    events.delete()
    for kind, ids in list(removal.deleted.items()):
        kinds = [
            f"{kind._meta.app_label}.{noun}"  # noqa: SLF001  its documented name
            for noun in demo_registry.nouns_of(kind)
        ]
        for table in (SearchDocument, SearchQueue):
            table._default_manager.filter(kind__in=kinds, object_id__in=ids).delete()  # noqa: SLF001  as above
    DailyValue.objects.all().delete()  # the nightly task counts them anew from what is left


def delete_with_dependants(rows: QuerySet[Any], depth: int = 0) -> None:
    """Delete rows; what protects them is deleted first."""
    if depth > 12:
        raise RecursionError("rows protect each other in a circle")
    for _attempt in range(20):
        try:
            with transaction.atomic():
                rows.delete()
                return
        except ProtectedError as error:
            blocking: Iterable[Any] = list(error.protected_objects)
        except RestrictedError as error:
            blocking = list(error.restricted_objects)
        kinds: dict[type[Model], list[int]] = {}
        for row in blocking:
            kinds.setdefault(type(row), []).append(row.pk)
        for kind, ids in kinds.items():
            delete_with_dependants(kind._base_manager.filter(pk__in=ids), depth + 1)  # noqa: SLF001  no public way in
    raise RecursionError("what protects the sample does not end")

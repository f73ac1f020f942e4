"""A user's notifications as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.core.db.compiled_queries import CompiledQuery
from portal.core.db.pagination import page_by_key
from portal.notifications import registry
from portal.notifications.models import Notification, Preference, QuietHours

MANY = 100


@dataclass(frozen=True)
class Told:
    """One notification with its sentence in the reader's language."""

    row: Notification
    sentence: str

    @property
    def unread(self) -> bool:
        return self.row.read_at is None


@dataclass(frozen=True)
class Group:
    """Notifications about one subject, newest first."""

    newest: Told
    earlier: tuple[Told, ...]

    @property
    def unread(self) -> bool:
        return any(told.unread for told in (self.newest, *self.earlier))

    @property
    def ids(self) -> str:
        return ",".join(str(told.row.pk) for told in (self.newest, *self.earlier))


@dataclass(frozen=True)
class Notified:
    """One page of groups."""

    groups: list[Group]
    next_cursor: str | None
    previous_cursor: str | None


_unread: CompiledQuery[Notification] = CompiledQuery(
    lambda shape, values: Notification.objects.filter(
        user_id=values.number("user"), in_page=True, read_at=None
    ).only("pk")[:MANY]
)


def unread_count(user: Any) -> int:
    """Return how many notifications wait; a second query only where there are very many."""
    if not user.is_authenticated:
        return 0
    count = len(_unread.rows(None, user=user.pk))
    if count < MANY:
        return count
    return Notification.objects.filter(user=user, in_page=True, read_at=None).count()


def told(row: Notification) -> Told:
    """Put the sentence to a notification."""
    kind = registry.kind(row.kind)
    if kind is None:
        return Told(row, row.title)
    actor = row.actor.display_name if row.actor else ""
    return Told(row, kind.sentence({**row.data, "title": row.title, "actor": actor}).strip())


def page(
    user: Any, *, unread: bool, cursor: str | None, size: int = 30, kinds: list[str] | None = None
) -> Notified:
    """Return a page of a user's notifications (of some `kinds` only), grouped by subject."""
    rows = Notification.objects.filter(user=user, in_page=True).select_related("actor")
    if unread:
        rows = rows.filter(read_at=None)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    found = page_by_key(rows, order=("-created_at", "-pk"), cursor=cursor, size=size)
    groups: dict[str, list[Told]] = {}
    for row in found.items:
        groups.setdefault(row.group_key, []).append(told(row))
    made = [Group(entries[0], tuple(entries[1:])) for entries in groups.values()]
    return Notified(made, found.next_cursor, found.previous_cursor)


def quiet_hours(user: Any) -> QuietHours | None:
    return QuietHours.objects.filter(user=user).first()


def preferences(user: Any) -> list[dict[str, Any]]:
    """Return every kind that can reach the user, with their preference for it."""
    saved = {row.kind: row for row in Preference.objects.filter(user=user)}
    rows = []
    for kind in registry.kinds_of(user):
        own = saved.get(kind.name)
        rows.append(
            {
                "kind": kind,
                "in_page": own.in_page if own else kind.in_page,
                "mail": own.mail if own else kind.mail,
            }
        )
    return rows

"""Creating notifications, marking them as read, preferences. Nothing here sends; mails are queued
in the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.accounts.models import User
from portal.events.models import Event
from portal.notifications import outbox, registry
from portal.notifications.models import Frequency, Notification, Preference, QuietHours
from portal.notifications.quiet_hours import next_allowed_at
from portal.notifications.registry import Kind


def notify(event: Event) -> int:
    """Write the notifications of one fact: each person at most one, never the actor.

    Returns how many were new.
    """
    chosen: dict[int, Kind] = {}
    for kind in registry.kinds_for(event.name):
        for user_id in kind.recipients(event):
            if user_id is not None and user_id != event.actor_id:
                chosen.setdefault(user_id, kind)
    if not chosen:
        return 0
    told = Notification.objects.filter(event_id=event.pk).values("user_id")
    asked = User.objects.with_second_factor().filter(pk__in=chosen).exclude(pk__in=told)
    people = {user.pk: user for user in asked}
    wishes, quiet = _wishes(people), _quiet(people)
    rows: list[Notification] = []
    for user_id, user in people.items():
        kind = chosen[user_id]
        in_page, mail = wishes.get((user_id, kind.name), (kind.in_page, kind.mail))
        if _may_hear(user, kind, event) and (in_page or mail != Frequency.OFF):
            rows.append(_row(user, kind, event, in_page, mail))
            if mail == Frequency.NOW:
                _put_mail(rows[-1], event, quiet.get(user_id))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _may_hear(user: User, kind: Kind, event: Event) -> bool:
    if not user.is_active or (kind.staff and not user.is_team):
        return False
    return kind.visible is None or kind.visible(user, event)


def _wishes(people: Mapping[int, User]) -> dict[tuple[int, str], tuple[bool, str]]:
    rows = Preference.objects.filter(user_id__in=people).values_list(
        "user_id", "kind", "in_page", "mail"
    )
    return {(user_id, kind): (in_page, mail) for user_id, kind, in_page, mail in rows}


def _quiet(people: Mapping[int, User]) -> dict[int, QuietHours]:
    return {row.user_id: row for row in QuietHours.objects.filter(user_id__in=people)}


def _row(user: User, kind: Kind, event: Event, in_page: bool, mail: str) -> Notification:
    return Notification(
        user=user,
        kind=kind.name,
        event_id=event.pk,
        title=str(event.payload.get("title") or "")[:300],
        url=(kind.url(event) if kind.url else str(event.payload.get("url") or ""))[:300],
        data=_small(event.payload),
        actor_id=event.actor_id,
        group_key=kind.group(event)[:140],
        in_page=in_page,
        digest=mail if mail in (Frequency.DAILY, Frequency.WEEKLY) else "",
        created_at=event.occurred_at,
    )


def _small(payload: dict[str, Any]) -> dict[str, Any]:
    """Keep the plain fields a sentence may name."""
    return {
        name: value
        for name, value in payload.items()
        if isinstance(value, str | int | float) and name != "url"
    }


def _put_mail(row: Notification, event: Event, quiet: QuietHours | None) -> None:
    body = {"mail": "notification", "kind": row.kind, "event": event.pk}
    now = event.occurred_at
    send_at = next_allowed_at(now, row.user.time_zone, quiet.begins, quiet.ends) if quiet else None
    outbox.put(
        user_id=row.user_id, key=f"notification:{event.pk}", body=body, now=now, send_at=send_at
    )


def mark_read(*, user: User, now: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark the given (or all) notifications of a person as read; returns how many were unread."""
    rows = Notification.objects.filter(user=user, read_at=None, in_page=True)
    return (rows if ids is None else rows.filter(pk__in=list(ids))).update(read_at=now)


def mark_subject_read(
    *, user: User, group_key: str, now: datetime, up_to: int | None = None
) -> int:
    """Mark a user's notifications about one subject as read; `up_to` limits that to posts up to
    this number.
    """
    rows = Notification.objects.filter(user=user, read_at=None, group_key=group_key)
    return (rows if up_to is None else rows.filter(data__number__lte=up_to)).update(read_at=now)


def mark_unread(*, user: User, read_at: datetime) -> int:
    """Undo a marking: what was read at exactly that moment is unread again."""
    return Notification.objects.filter(user=user, read_at=read_at).update(read_at=None)


@transaction.atomic
def set_preferences(*, user: User, wishes: Mapping[str, tuple[bool, str]]) -> None:
    """Save what a person wants: by kind, whether on the page and how often by mail.

    Unknown kinds are ignored.
    """
    known = {kind.name for kind in registry.kinds_of(user)}
    Preference.objects.bulk_create(
        [
            Preference(user=user, kind=name, in_page=in_page, mail=mail)
            for name, (in_page, mail) in wishes.items()
            if name in known and mail in Frequency.values
        ],
        update_conflicts=True,
        update_fields=["in_page", "mail"],
        unique_fields=["user", "kind"],
    )


def set_quiet_hours(*, user: User, begins: int | None, ends: int | None) -> None:
    """Hold mail back between these hours of the user's local time; without both, or with equal
    ones, there are no quiet hours.
    """
    if begins is None or ends is None or begins == ends:
        QuietHours.objects.filter(user=user).delete()
    else:
        QuietHours.objects.update_or_create(user=user, defaults={"begins": begins, "ends": ends})


def stop_mail(*, user_id: int, kind: str) -> None:
    """Stop mails of one kind, or of all kinds with "*"; what is on the page stays as it is."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    for each in registry.kinds_of(user):
        if kind in ("*", each.name):
            Preference.objects.update_or_create(
                user=user,
                kind=each.name,
                defaults={"mail": Frequency.OFF},
                create_defaults={"mail": Frequency.OFF, "in_page": each.in_page},
            )

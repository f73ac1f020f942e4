"""Saving business calendars. Every change is kept in the audit log."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal import audit, events
from portal.accounts.events import CalendarChanged
from portal.accounts.models import User
from portal.core.calendar import calendars
from portal.core.calendar.day_lines import write_days
from portal.core.models import BusinessCalendar
from portal.core.time import Calendar


def _fields_of(calendar: Calendar) -> dict[str, Any]:
    fields = asdict(calendar)
    return fields | {
        "weekdays": "".join(str(day) for day in sorted(calendar.weekdays)),
        "closed_days": write_days(calendar.closed_days),
        "open_days": write_days(calendar.open_days),
    }


@transaction.atomic
def save_calendar(*, name: str, calendar: Calendar, url: str, actor: User, now: datetime) -> None:
    """Save the site's calendar, or a team's own.

    Due times that were promised stay; what is reckoned from now on follows the new hours.
    """
    row = BusinessCalendar.objects.select_for_update().filter(name=name).first()
    before = row.as_calendar() if row else calendars.calendar_named(name)
    if row is not None and before == calendar:
        return
    BusinessCalendar.objects.update_or_create(
        name=name, defaults={**_fields_of(calendar), "saved_at": now}
    )
    _announce(name, before, calendar, url=url, actor=actor, now=now)
    old, new = _fields_of(before), _fields_of(calendar)
    changed = [field for field in new if new[field] != old[field]]
    audit.record(
        "accounts.calendar.change",
        actor=actor,
        target=f"core.calendar:{name}",
        now=now,
        before={field: old[field] for field in changed},
        after={field: new[field] for field in changed},
    )


@transaction.atomic
def drop_calendar(*, name: str, url: str, actor: User, now: datetime) -> None:
    """Let a team follow the site's calendar again."""
    row = BusinessCalendar.objects.select_for_update().filter(name=name).first()
    if row is None or name == calendars.SITE:
        return
    before = row.as_calendar()
    row.delete()
    _announce(name, before, calendars.read_site(), url=url, actor=actor, now=now)
    audit.record(
        "accounts.calendar.drop",
        actor=actor,
        target=f"core.calendar:{name}",
        now=now,
        before=_fields_of(before),
    )


def _announce(
    name: str, before: Calendar, after: Calendar, *, url: str, actor: User, now: datetime
) -> None:
    transaction.on_commit(calendars.forget)
    events.publish(
        CalendarChanged(
            title=_("Working hours"),
            url=url,
            name=name,
            zone_before=before.zone_name,
            zone_now=after.zone_name,
        ),
        subject=f"core.calendar:{name}",
        actor=actor,
        organization=None,
        now=now,
    )

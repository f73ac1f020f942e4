"""The team's morning mail: what it owes customers today, in each member's language."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.core.templatetags.display import long_date
from portal.core.time import day_of, is_business_day, opening_hours, start_of_day
from portal.delivery.services import enqueue_mail
from portal.teams import selectors
from portal.teams.models import Signal, Team

BEFORE = timedelta(minutes=30)  # the mail is there when the team begins
SHOWN = 15


def put_due_digests(*, now: datetime) -> int:
    """Queue the mails of every team that has not had its own today; running again the same day
    queues none.
    """
    return sum(
        put_digest(team=team, now=now)
        for team in Team.objects.filter(digest=True)
        if _is_due(team, now)
    )


def _is_due(team: Team, now: datetime) -> bool:
    """Say whether the team's morning has come, and nothing was sent since."""
    calendar = team.calendar
    today = day_of(now, calendar)
    begun = start_of_day(today, calendar)
    if not is_business_day(today, calendar) or (
        team.digest_sent_at is not None and team.digest_sent_at >= begun
    ):
        return False
    return now >= max(begun, opening_hours(today, calendar)[0] - BEFORE)


@transaction.atomic
def put_digest(*, team: Team, now: datetime) -> int:
    """Queue one mail per member; nothing is sent when nobody waits. Return how many were queued."""
    row = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    row.digest_sent_at = now
    row.save(update_fields=["digest_sent_at"])
    signals = list(Signal.objects.waiting().filter(team=row).with_names().order_by("due_at", "pk"))
    if not signals:
        return 0
    assigned = User.objects.with_second_factor().filter(
        is_active=True, is_sample=False, team_memberships__team=row.name
    )
    members = [member for member in assigned if member.is_team]
    day = day_of(now, row.calendar).isoformat()
    for member in members:
        mine = selectors.concealed(member, map(copy, signals))
        subject, text = write(row, mine, member, now)
        body = {"mail": "plain", "subject": subject, "text": text, "kind": "signal_raised"}
        enqueue_mail(user_id=member.pk, key=f"teams.digest:{row.name}:{day}", body=body, now=now)
    return len(members)


def write(team: Team, signals: list[Signal], member: User, now: datetime) -> tuple[str, str]:
    """Return subject and text in the member's language and time."""
    with translation.override(member.language), timezone.override(member.time_zone):
        late = sum(signal.due_at < now for signal in signals)
        subject = ngettext(
            "%(team)s: %(n)s customer waits for us",
            "%(team)s: %(n)s customers wait for us",
            len(signals),
        )
        lines = [_("Overdue: %(n)s") % {"n": late}, ""] if late else []
        for signal in signals[:SHOWN]:
            due = timezone.localtime(signal.due_at)
            lines += [
                f"■ {signal.title or signal.rule.name}",
                f"  {selectors.why(signal)}",
                "  "
                + _("Due %(date)s %(time)s, owner %(name)s")
                % {
                    "date": long_date(due.date()),
                    "time": f"{due:%H:%M}",
                    "name": signal.owner.display_name if signal.owner else "–",
                },
                f"  {settings.HAZUMI_BASE_URL}{reverse('teams:signal', args=[signal.public_id])}",
                "",
            ]
        if len(signals) > SHOWN:
            lines.append(_("and %(n)s more") % {"n": len(signals) - SHOWN})
        return subject % {"team": team, "n": len(signals)}, "\n".join(lines).rstrip() + "\n"

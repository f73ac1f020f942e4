"""Signal queries: the inbox, what is owed, what waits longest, rule backtests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.accounts.models import Organization, User
from portal.events.models import Event
from portal.teams import registry
from portal.teams.models import Signal, SignalRule, Told
from portal.teams.models.signals import SignalQuerySet
from portal.teams.registry import Finding

SHOWN = 60


@dataclass(frozen=True)
class Filters:
    """The inbox's filters as they stand in the URL."""

    whose: str = "all"  # all | mine | team
    state: str = "waiting"  # waiting | overdue | snoozed | resolved
    team: str = ""
    rule: str = ""

    @classmethod
    def read(cls, query: Any) -> Filters:
        """Read them from a query string; what is unknown falls back to the default."""
        whose = query.get("whose", "all")
        state = query.get("state", "waiting")
        return cls(
            whose=whose if whose in ("all", "mine", "team") else "all",
            state=state if state in ("waiting", "overdue", "snoozed", "resolved") else "waiting",
            team=query.get("team", "")[:10],
            rule=query.get("rule", "")[:8],
        )

    def pairs(self, **changed: str) -> list[tuple[str, str]]:
        """Return what differs from the default as query pairs."""
        default = Filters()
        values = {
            name: getattr(self, name) for name in ("whose", "state", "team", "rule")
        } | changed
        return [
            (name, value)
            for name, value in values.items()
            if value and value != getattr(default, name)
        ]


def inbox(user: User, filters: Filters, now: datetime) -> QuerySet[Signal]:
    """Return the signals behind the filters, most pressing first; settled ones newest first."""
    rows: SignalQuerySet = Signal.objects.with_names()
    if filters.whose == "mine":
        rows = rows.owned_by(user)
    elif filters.whose == "team":
        rows = rows.for_teams(user.team_names)
    if filters.team:
        rows = rows.filter(team__name=filters.team)
    if filters.rule:
        rows = rows.filter(rule__code=filters.rule)
    if filters.state == "resolved":
        return rows.filter(state=Signal.State.RESOLVED).order_by("-resolved_at", "-pk")
    if filters.state == "snoozed":
        return rows.filter(state=Signal.State.SNOOZED).order_by("snoozed_until", "pk")
    rows = rows.overdue(now) if filters.state == "overdue" else rows.waiting()
    return rows.order_by("due_at", "pk")


def counts(user: User, now: datetime) -> dict[str, int]:
    """Return how many wait, are mine, my teams', overdue, put off."""
    waiting = Q(state__in=(Signal.State.OPEN, Signal.State.CLAIMED))
    mine = Q(owner=user) | Q(claimed_by=user)
    return Signal.objects.unresolved().aggregate(
        all=Count("pk", filter=waiting),
        mine=Count("pk", filter=waiting & mine),
        team=Count("pk", filter=waiting & Q(team__name__in=user.team_names)),
        overdue=Count("pk", filter=waiting & Q(due_at__lt=now)),
        snoozed=Count("pk", filter=Q(state=Signal.State.SNOOZED)),
    )


def badge(request: HttpRequest) -> int:
    """Return how many signals wait for this person: the number beside the entry in the
    navigation.
    """
    if not isinstance(request.user, User):
        return 0
    return Signal.objects.waiting().owned_by(request.user).count()


def why(signal: Signal) -> str:
    """Say in the reader's language why it fired."""
    trigger = registry.trigger(signal.rule.trigger)
    if trigger is None:
        return signal.rule.name
    try:
        return trigger.explain(signal.facts)
    except KeyError:
        return signal.rule.name


def evidence(signal: Signal) -> QuerySet[Event]:
    """Return the facts it fired on."""
    return Event.objects.filter(pk__in=signal.evidence).order_by("occurred_at", "pk")


def owed(user: User, now: datetime, *, limit: int = 8) -> list[Signal]:
    """Return what we owe customers by the end of today, the user's own and their teams' first."""
    until = now + timedelta(hours=24)
    rows = list(
        Signal.objects.waiting()
        .filter(due_at__lt=until)
        .with_names()
        .order_by("due_at", "pk")[:200]
    )
    rows.sort(
        key=lambda row: (
            row.owner_id != user.pk,
            row.team.name not in user.team_names,
            row.due_at,
            row.pk,
        )
    )
    return rows[:limit]


def waiting_longest(*, limit: int = 5) -> QuerySet[Signal]:
    """Return the signals whose customers wait longest."""
    return Signal.objects.waiting().with_names().order_by("occurred_at", "pk")[:limit]


def oldest_wait() -> datetime | None:
    """Return since when the longest-waiting customer waits."""
    oldest: datetime | None = Signal.objects.waiting().aggregate(oldest=Min("occurred_at"))[
        "oldest"
    ]
    return oldest


def voices(since: datetime, *, limit: int = 12) -> QuerySet[Event]:
    """Return what customers said since a moment, newest first."""
    own = list(Organization.objects.filter(is_own=True).values_list("pk", flat=True))
    names = [voice.event_name for voice in registry.voices()]
    rows = Event.objects.filter(name__in=names, occurred_at__gt=since).exclude(
        organization_id__in=own
    )
    return rows.order_by("-occurred_at", "-pk")[:limit]


def updates_to(person: User, *, unanswered: bool = True) -> QuerySet[Told]:
    """Return the updates to a customer; by default those they have not answered yet."""
    rows = Told.objects.filter(person=person).select_related("told_by").order_by("-told_at", "-pk")
    return rows.filter(answer="") if unanswered else rows


def updates_about(about: str, reader: User, *, everybody: bool) -> QuerySet[Told]:
    """Return the updates about one subject ("app.noun:42"): to the reader, or to everybody."""
    rows = (
        Told.objects.filter(subject=about)
        .select_related("told_by", "person")
        .order_by("told_at", "pk")
    )
    return rows if everybody else rows.filter(person=reader)


@dataclass(frozen=True)
class Backtest:
    """What a rule would have done."""

    days: int
    findings: list[Finding]
    total: int
    per_person_week: float

    @property
    def sentence(self) -> str:
        return _(
            "Would have fired %(total)s times in the last %(days)s days, about %(rate)s per "
            "person and week."
        ) % {
            "total": self.total,
            "days": self.days,
            "rate": f"{self.per_person_week:.1f}",
        }


def backtest(
    rule: SignalRule, now: datetime, *, days: int = 90, shown: int = 20
) -> Backtest | None:
    """Play the last `days` through a rule; None when its trigger cannot be played back."""
    trigger = registry.trigger(rule.trigger)
    if trigger is None:
        return None
    since = now - timedelta(days=days)
    if trigger.history is not None:
        findings = list(trigger.history(rule, since, now))
    elif trigger.find_event is not None:
        facts = Event.objects.filter(
            name__in=trigger.events, occurred_at__gte=since, occurred_at__lte=now
        )
        found = (
            trigger.find_event(rule, event)
            for event in facts.order_by("occurred_at", "pk").iterator()
        )
        findings = [row for row in found if row is not None]
    else:
        return None
    findings = _cooled(findings, timedelta(hours=rule.cooldown_hours))
    people = User.objects.filter(
        is_active=True, team_memberships__team=rule.team.name if rule.team else ""
    ).count()
    return Backtest(
        days, findings[-shown:][::-1], len(findings), len(findings) / max(1, people) / (days / 7)
    )


def _cooled(findings: list[Finding], cooldown: timedelta) -> list[Finding]:
    """Leave out what the same cause, or the cooldown after the same subject, would have kept
    silent.
    """
    last: dict[str, datetime] = {}
    seen: set[str] = set()
    kept = []
    for row in findings:
        key = row.occurrence or f"{row.subject}@{row.occurred_at}"
        if key in seen or (row.subject in last and row.occurred_at - last[row.subject] < cooldown):
            continue
        seen.add(key)
        last[row.subject] = row.occurred_at
        kept.append(row)
    return kept

"""Panels of the teams app on shared pages: today, home, an organization, settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import Organization, User
from portal.accounts.permissions import is_staff_member
from portal.core import time
from portal.core.templatetags.display import person_called
from portal.core.web.panels import Panel
from portal.events.models import Event
from portal.teams import registry, selectors
from portal.teams.models import Signal, Told

SHOWN_DAYS = 30
ANSWERS = dict(Told.Answer.choices)


def voices(request: HttpRequest, subject: object = None) -> Panel | None:
    """What customers said since the last visit (the start of the last working day at the
    latest).
    """
    now = time.now()
    since = _last_visit(request, now)
    facts = list(selectors.voices(since))
    people = User.objects.in_bulk([fact.actor_id for fact in facts if fact.actor_id])
    companies = Organization.objects.in_bulk(
        [fact.organization_id for fact in facts if fact.organization_id]
    )
    rows = [
        _voice(fact)
        | {
            "person": people.get(fact.actor_id or 0),
            "company": companies.get(fact.organization_id or 0),
        }
        for fact in facts
    ]
    return Panel("teams/voices_panel.html", {"rows": rows, "since": since})


def _voice(fact: Event) -> dict[str, Any]:
    """How the app that owns the fact shows it."""
    answer = str(ANSWERS.get(str(fact.payload.get("answer", "")), ""))
    voice = registry.voice(fact.name)
    return {
        "fact": fact,
        "answer": answer,
        "icon": voice.icon if voice else "messages-square",
        "tone": voice.tone if voice else "ai",
        "label": str(voice.label) % {"answer": answer} if voice else "",
    }


def _last_visit(request: HttpRequest, now: datetime) -> datetime:
    """Return the user's last visit on an earlier day, from their session; three days ago at
    first.
    """
    today = timezone.localtime(now).date().isoformat()
    seen = request.session.get("teams_today", {})
    if seen.get("day") != today:
        seen = {
            "day": today,
            "since": seen.get("last", (now - timedelta(days=3)).isoformat()),
            "last": now.isoformat(),
        }
        request.session["teams_today"] = seen
    return datetime.fromisoformat(seen["since"])


def owed(request: HttpRequest, subject: object = None) -> Panel | None:
    """What we owe customers today."""
    if not isinstance(request.user, User):
        return None
    now = time.now()
    context = {
        "signals": selectors.owed(request.user, now),
        "counts": selectors.counts(request.user, now),
        "now": now,
    }
    return Panel("teams/owed_panel.html", context)


def longest(request: HttpRequest, subject: object = None) -> Panel | None:
    """Who waits longest."""
    rows = list(selectors.waiting_longest())
    return Panel("teams/longest_panel.html", {"signals": rows}) if rows else None


def told(request: HttpRequest, subject: object = None) -> Panel | None:
    """Recent updates this customer has not answered yet; marked as read when they come on screen.

    Older ones remain on the question itself.
    """
    if not isinstance(request.user, User):
        return None
    since = time.now() - timedelta(days=SHOWN_DAYS)
    rows = list(selectors.updates_to(request.user).filter(told_at__gt=since)[:2])
    if not rows:
        return None
    return Panel("teams/told_panel.html", {"rows": rows})


def topic(request: HttpRequest, about: str) -> Panel | None:
    """The outcome of one post: its author reads the update and answers it there; staff see every
    receipt.
    """
    if not isinstance(request.user, User):
        return None
    found = selectors.updates_about(about, request.user, everybody=is_staff_member(request.user))
    rows = [
        {
            "told": told,
            "is_mine": told.person_id == request.user.pk,
            "person": person_called(told.person.display_name),
        }
        for told in found
    ]
    return Panel("teams/topic_panel.html", {"rows": rows}) if rows else None


def organization(request: HttpRequest, company: Organization) -> Panel | None:
    """A company's signals, for staff."""
    if not is_staff_member(request.user) or company.is_own:
        return None
    rows = Signal.objects.for_organization(company).with_names().order_by("-raised_at", "-pk")[:8]
    return Panel("teams/organization_panel.html", {"signals": rows, "now": time.now()})


def settings(request: HttpRequest, subject: object = None) -> Panel | None:
    """The way to rules and agreements."""
    return Panel("teams/settings_panel.html")

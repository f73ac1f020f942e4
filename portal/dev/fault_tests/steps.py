"""Steps of the fault test that need the models: creating people with sessions, and counting
afterwards.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpResponse
from django.test import Client

from portal.accounts.models import User
from portal.accounts.services import create_organization, create_user
from portal.core import time
from portal.engagement.models import Participation, PointEntry
from portal.engagement.services import recount
from portal.events.models import Event, FailedHandling
from portal.flywheel.models import Evidence, Turn
from portal.flywheel.stage_registry import Measured, events_counted_as

BACKEND = "django.contrib.auth.backends.ModelBackend"


def prepare(people: int) -> str:
    """Make people of one company, signed in; return their sessions as JSON."""
    now = time.now()
    company = create_organization(name="訓練", now=now, domains=("drill.example",))
    engine = import_module(settings.SESSION_ENGINE)
    made = []
    for number in range(people):
        user = create_user(
            email=f"p{number}@drill.example",
            display_name=f"P{number}",
            organization=company,
            now=now,
        )
        session = engine.SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        made.append({"session": session.session_key, "space": _space(user)})
    return json.dumps(made)


def _space(user: User) -> str:
    """Read from the form where a question may be asked: the fault test uses only the public
    pages.
    """
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=BACKEND)
    page: Any = client.get("/questions/ask/")
    assert isinstance(page, HttpResponse)
    select = re.search(r'name="space".*?</(?:select|fieldset)>', page.content.decode(), re.S)
    values = re.findall(r'value="(\d+)"', select[0] if select else page.content.decode())
    return values[0] if values else ""


def waiting() -> str:
    """Return how many facts and retries are not done yet."""
    open_facts = Event.objects.filter(dispatched_at=None).count()
    return json.dumps(open_facts + FailedHandling.objects.filter(resolved_at=None).count())


def count(topics: list[int]) -> str:
    """Compare what was acknowledged with what is there: facts lost, effects lost, effects
    doubled.
    """
    asked = list(
        Event.objects.filter(name__in=events_counted_as(Measured.QUESTION)).values_list(
            "payload", "subject"
        )
    )
    facts = Counter(int(payload["topic_id"]) for payload, _ in asked)
    subjects = Counter(Evidence.objects.filter(kind="S1").values_list("subject", flat=True))
    turns = set(Turn.objects.filter(started_at__isnull=False).values_list("subject", flat=True))
    titles = Counter(payload["title"] for payload, _ in asked)
    scores = [
        row
        for row in Participation.objects.filter(organization=None)
        if row.user_id is not None
        and abs(row.score - recount(row.user_id)) > 1e-6 * max(1.0, row.score)
    ]
    return json.dumps(
        {
            "acknowledged": len(topics),
            "facts": sum(facts.values()),
            "facts lost": sum(facts[topic] == 0 for topic in topics),
            "effects lost": sum(
                subject not in turns for subject in {subject for _, subject in asked}
            ),
            "effects doubled": sum(n - 1 for n in facts.values())
            + sum(n - 1 for n in subjects.values())
            + sum(n - 1 for n in titles.values())
            + len(scores),
            "points": PointEntry.objects.count(),
            "parked": FailedHandling.objects.filter(resolved_at=None).count(),
        }
    )

"""A signal rule from an app of its own reaches an installed database and raises a signal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

from portal import events
from portal.core.db import defaults
from portal.core.receivers import install_defaults
from portal.events import registry as event_registry
from portal.teams import registry, selectors
from portal.teams.models import Signal, SignalRule
from tests.people import NOW

pytestmark = pytest.mark.django_db

# what README asks for: events.py, signal_rules.py and default_rules.py of an app
LIBRARY = """
from dataclasses import dataclass

from portal.events import Payload, event_type
from portal.teams import registry
from portal.teams.default_rules import DefaultRule, register_rules
from portal.teams.registry import Finding


@event_type("library.book.lost")
@dataclass(frozen=True)
class BookLost(Payload):
    title: str
    url: str


def lost(rule, event):
    return Finding(
        subject=event.subject,
        title=event.payload["title"],
        url=event.payload["url"],
        occurred_at=event.occurred_at,
        organization_id=event.organization_id,
        person_id=event.actor_id,
        evidence=(event.pk,),
    )


def register():
    registry.register_event(
        "book_lost",
        label="A book is lost",
        events=(BookLost.event_name,),
        find=lost,
        explain=lambda facts: "Somebody reported it.",
    )
    registry.register_voice(BookLost.event_name, label="紛失の連絡", icon="book-open")
    register_rules(
        DefaultRule(
            code="L01",
            name_ja="本の紛失",
            name_en="A book is lost",
            trigger="book_lost",
            team="support",
            stand_in="community",
            sla_hours=4,
        )
    )
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "library_of_the_test.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(str(tmp_path))
    with ExitStack() as stack:
        for each in (
            event_registry._types,
            registry._triggers,
            registry._voices,
            defaults.DEFAULTS,
        ):
            stack.enter_context(each.temporarily())
        library_of_the_test = import_module("library_of_the_test")

        library_of_the_test.register()
        yield library_of_the_test
    del sys.modules["library_of_the_test"]


def test_a_rule_of_a_new_app_reaches_an_installed_database_and_raises_a_signal(
    library: ModuleType, aki: Any, sato: Any, dispatched: Any, as_: Any
) -> None:
    assert SignalRule.objects.exists()
    assert not SignalRule.objects.filter(code="L01").exists()
    install_defaults(using="default")
    with transaction.atomic():
        events.publish(
            library.BookLost(title="請求書の本", url="/books/1/"),
            subject="library.book:1",
            actor=aki,
            now=NOW,
        )
    dispatched()
    signal = Signal.objects.get(rule__code="L01")
    assert (signal.team.name, signal.person, signal.title) == ("support", aki, "請求書の本")
    assert selectors.why(signal) == "Somebody reported it."
    found = [row for row, _ in selectors.voices(NOW.replace(year=2020))]
    (voice,) = [row for row in found if row.actor_id == aki.pk]
    assert registry.voice(voice.name).label == "紛失の連絡"

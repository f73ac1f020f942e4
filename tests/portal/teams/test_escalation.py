"""What waits longer than promised goes up one step per sweep, everybody called in is told, and
nothing is nobody's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.core.time import business_due
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.teams import services
from portal.teams.models import Signal, SignalChange, Team
from portal.teams.services.escalation import adopt, escalate, step_due
from tests.people import NOW
from tests.portal.teams.facts import raised
from tests.world import World

pytestmark = pytest.mark.django_db


def late(world: World) -> Signal:
    """A signal that mori has, whose team sato leads."""
    signal = raised(world.person("aki"), lead=world.person("sato"))
    Signal.objects.update(owner=world.person("mori"))
    signal.refresh_from_db()
    return signal


def test_owner_then_lead_then_administrators_one_step_per_sweep(
    world: World, dispatched: Any
) -> None:
    signal, kato = late(world), world.person("kato")
    promised = signal.due_at
    assert escalate(now=step_due(signal) - timedelta(minutes=1)) == 0
    first = step_due(signal)
    assert (escalate(now=first), escalate(now=first)) == (1, 0)
    signal.refresh_from_db()
    assert (signal.owner, signal.escalation, signal.severity) == (world.person("sato"), 1, "high")
    assert signal.owner_due_at == business_due(first, signal.rule.sla_hours, signal.team.calendar)
    assert signal.due_at == promised
    second = signal.owner_due_at
    assert second is not None
    assert (escalate(now=second), escalate(now=second)) == (1, 0)
    signal.refresh_from_db()
    assert (signal.owner, signal.escalation) == (kato, 2)
    assert escalate(now=second + timedelta(days=30)) == 0
    notes = SignalChange.objects.filter(kind="escalated").order_by("pk")
    assert [row.note for row in notes] == ["森 環 → 佐藤 誠", "佐藤 誠 → 加藤 薫"]
    dispatched()
    rows = Notification.objects.filter(kind="signal_escalated").order_by("pk")
    assert [row.user for row in rows] == [world.person("sato"), kato]


def test_the_stand_in_is_called_in_where_the_lead_has_it_already(world: World) -> None:
    signal, sato = late(world), world.person("sato")
    Team.objects.filter(name="support").update(stand_in=world.person("mori"))
    Signal.objects.update(owner=sato)
    escalate(now=step_due(signal))
    signal.refresh_from_db()
    assert (signal.owner, signal.escalation) == (world.person("mori"), 1)


def test_without_a_lead_it_goes_to_the_administrators_at_once(world: World) -> None:
    signal = late(world)
    Team.objects.update(lead=None, stand_in=None)
    kato = world.person("kato")
    escalate(now=step_due(signal))
    signal.refresh_from_db()
    assert (signal.owner, signal.escalation) == (kato, 2)
    assert Event.objects.get(name="teams.signal.escalated").payload["recipient_ids"] == [kato.pk]


def test_what_was_given_back_stays_with_whoever_was_called_in(world: World) -> None:
    signal = late(world)
    escalate(now=step_due(signal))
    services.claim_signal(signal=signal, actor=world.person("tanaka"), now=NOW)
    Signal.objects.update(owner=world.person("sato"))
    services.release_signal(signal=signal, actor=world.person("tanaka"), now=NOW)
    signal.refresh_from_db()
    assert signal.owner == world.person("sato")


def test_a_customer_who_says_not_yet_gets_a_new_promise(world: World) -> None:
    signal = late(world)
    escalate(now=step_due(signal))
    sato, later = world.person("sato"), NOW + timedelta(days=20)
    services.resolve_signal(
        signal=signal, actor=sato, outcome="noise", next_step="none", reason="-", now=later
    )
    signal = services.reopen_signal(signal=signal, actor=None, now=later)
    assert signal.due_at > later
    assert (signal.escalation, signal.owner_due_at) == (0, None)


def test_nothing_stays_without_an_owner(world: World, sato: User) -> None:
    signal = late(world)
    Signal.objects.update(owner=None)
    assert (adopt(now=NOW), adopt(now=NOW)) == (1, 0)
    signal.refresh_from_db()
    assert signal.owner == sato
    User.objects.filter(pk=sato.pk).update(is_active=False)
    world.person("kato")
    assert (adopt(now=NOW), adopt(now=NOW)) == (1, 0)

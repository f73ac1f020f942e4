"""Signal services: one signal per cause, one owner, required reasons, everything undoable."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal.accounts.models import Organization, User
from portal.accounts.services import deactivate_user
from portal.audit.models import AuditEntry
from portal.events.models import Event
from portal.teams import services
from portal.teams.models import Signal, SignalRule, Team
from portal.teams.registry import Finding
from tests.people import NOW
from tests.portal.teams.facts import raised, rule
from tests.world import World

pytestmark = pytest.mark.django_db


def finding(**fields: Any) -> Finding:
    return Finding(
        **{"subject": "community.topic:1", "title": "t", "url": "/", "occurred_at": NOW} | fields
    )


def test_the_same_cause_raises_a_rule_once_for_ever(world: World) -> None:
    first = services.raise_signal(rule=rule("R01"), finding=finding(occurrence="x"), now=NOW)
    assert first is not None
    assert services.raise_signal(rule=rule("R01"), finding=finding(occurrence="x"), now=NOW) is None
    services.resolve_signal(
        signal=first,
        actor=world.person("sato"),
        outcome="noise",
        next_step="none",
        reason="重複",
        now=NOW,
    )
    assert services.raise_signal(rule=rule("R01"), finding=finding(occurrence="x"), now=NOW) is None
    assert Signal.objects.count() == 1


def test_while_one_is_unresolved_another_cause_joins_it(world: World) -> None:
    first = services.raise_signal(
        rule=rule("R01"), finding=finding(occurrence="x", evidence=(1,)), now=NOW
    )
    services.raise_signal(rule=rule("R01"), finding=finding(occurrence="y", evidence=(2,)), now=NOW)
    assert first is not None
    first.refresh_from_db()
    assert first.evidence == [1, 2]


def test_within_the_cooldown_nothing_is_raised(world: World) -> None:
    SignalRule.objects.filter(code="R05").update(cooldown_hours=48)
    first = services.raise_signal(rule=rule("R05"), finding=finding(occurrence="x"), now=NOW)
    assert first is not None
    services.resolve_signal(
        signal=first, actor=None, outcome="vanished", next_step="none", reason="vanished", now=NOW
    )
    again = {"rule": rule("R05"), "finding": finding(occurrence="y")}
    assert services.raise_signal(**again, now=NOW + timedelta(hours=47)) is None
    assert services.raise_signal(**again, now=NOW + timedelta(hours=49)) is not None


def test_the_due_time_counts_business_hours(aki: User) -> None:
    signal = raised(aki)  # Friday 10:00 in Tokyo, eight business hours: 18:00
    assert signal.due_at == NOW + timedelta(hours=8)


def test_it_is_never_nobodys(world: World) -> None:
    acme, sato, tanaka, kato = (
        world.companies.acme,
        *(world.person(n) for n in ("sato", "tanaka", "kato")),
    )
    Organization.objects.filter(pk=acme.pk).update(owner=tanaka)
    assert raised(world.person("aki")).owner == tanaka
    Organization.objects.filter(pk=acme.pk).update(owner=None)
    Team.objects.filter(name="support").update(lead=None)
    assert raised(world.person("aki")).owner == sato  # somebody of the team
    Team.objects.filter(name="support").update(lead=kato)
    assert raised(world.person("aki")).owner == kato


def test_who_leaves_hands_over(world: World) -> None:
    sato, kato = world.person("sato"), world.person("kato")
    signal = raised(world.person("aki"), lead=sato)
    services.claim_signal(signal=signal, actor=sato, now=NOW)
    deactivate_user(user=sato, actor=kato, now=NOW, reason="退職")
    signal.refresh_from_db()
    assert signal.state == "open"
    assert signal.owner == kato


def test_the_second_person_sees_who_claimed_it(world: World) -> None:
    signal, sato, tanaka = raised(world.person("aki")), world.person("sato"), world.person("tanaka")
    services.claim_signal(signal=signal, actor=tanaka, now=NOW)
    with pytest.raises(services.HeldByAnother) as refused:
        services.claim_signal(signal=signal, actor=sato, now=NOW)
    assert refused.value.holder == tanaka
    for act in (
        lambda: services.resolve_signal(
            signal=signal, actor=sato, outcome="done", next_step="idea", now=NOW
        ),
        lambda: services.snooze_signal(
            signal=signal, actor=sato, until=NOW + timedelta(days=1), reason="x", now=NOW
        ),
    ):
        with pytest.raises(services.HeldByAnother):
            act()


def test_taking_over_needs_a_reason(world: World) -> None:
    signal, sato, tanaka = raised(world.person("aki")), world.person("sato"), world.person("tanaka")
    services.claim_signal(signal=signal, actor=tanaka, now=NOW)
    with pytest.raises(services.ReasonMissing):
        services.take_over_signal(signal=signal, actor=sato, reason=" ", now=NOW)
    assert (
        services.take_over_signal(
            signal=signal, actor=sato, reason="田中さんは休暇中", now=NOW
        ).claimed_by
        == sato
    )


def test_claiming_twice_and_giving_back(world: World) -> None:
    signal, sato = raised(world.person("aki"), lead=world.person("tanaka")), world.person("sato")
    services.claim_signal(signal=signal, actor=sato, now=NOW)
    assert services.claim_signal(signal=signal, actor=sato, now=NOW).claimed_by == sato
    back = services.release_signal(signal=signal, actor=sato, now=NOW)
    assert (back.state, back.owner) == ("open", world.person("tanaka"))
    assert Event.objects.filter(name="teams.signal.claimed").count() == 1


def test_settling_needs_an_outcome_and_a_next_step(world: World) -> None:
    signal, sato = raised(world.person("aki")), world.person("sato")
    with pytest.raises(services.ReasonMissing):
        services.resolve_signal(
            signal=signal, actor=sato, outcome="done", next_step="none", now=NOW
        )
    with pytest.raises(services.ReasonMissing):  # nobody has notified the customer yet
        services.resolve_signal(
            signal=signal, actor=sato, outcome="done", next_step="told", now=NOW
        )
    with pytest.raises(ValueError, match="unknown"):
        services.resolve_signal(signal=signal, actor=sato, outcome="", next_step="told", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.filter(pk=signal.pk).update(state="resolved", resolved_at=NOW)


def test_undo_brings_it_back_to_whoever_had_it(world: World) -> None:
    signal, sato = raised(world.person("aki")), world.person("sato")
    services.resolve_signal(signal=signal, actor=sato, outcome="done", next_step="idea", now=NOW)
    with pytest.raises(services.AlreadySettled):
        services.claim_signal(signal=signal, actor=sato, now=NOW)
    again = services.reopen_signal(signal=signal, actor=sato, now=NOW)
    assert (again.state, again.claimed_by, again.outcome) == ("claimed", sato, "")
    kinds = list(signal.changes.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["raised", "resolved", "reopened"]


def test_every_act_of_staff_is_in_the_audit_chain(world: World) -> None:
    signal, sato = raised(world.person("aki")), world.person("sato")
    services.claim_signal(signal=signal, actor=sato, now=NOW)
    services.snooze_signal(
        signal=signal, actor=sato, until=NOW + timedelta(days=1), reason="返事待ち", now=NOW
    )
    services.resolve_signal(signal=signal, actor=sato, outcome="done", next_step="idea", now=NOW)
    services.reopen_signal(signal=signal, actor=sato, now=NOW)
    actions = AuditEntry.objects.filter(target=f"teams.signal:{signal.pk}").values_list(
        "action", flat=True
    )
    assert set(actions) == {
        f"teams.signal.{act}" for act in ("claim", "snooze", "resolve", "reopen")
    }


def test_a_rule_without_team_and_stand_in_cannot_be_enabled(world: World) -> None:
    row = rule("R03")
    with pytest.raises(IntegrityError), transaction.atomic():
        SignalRule.objects.filter(pk=row.pk).update(enabled=True, stand_in=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignalRule.objects.filter(pk=row.pk).update(enabled=True, stand_in=row.team)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignalRule.objects.filter(pk=row.pk).update(enabled=True, team=None)


def test_changing_a_rule_counts_its_version_and_keeps_why(world: World) -> None:
    row = services.change_rule(
        rule=rule("R03"), actor=world.person("kato"), now=NOW, reason="試す", enabled=True
    )
    assert (row.version, row.enabled_at) == (2, NOW)
    entry = AuditEntry.objects.get(action="teams.rule.change")
    assert (entry.reason, entry.before["enabled"], entry.after["enabled"]) == ("試す", False, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_exactly_one_gets_it(world: World) -> None:
    signal = raised(world.person("aki"))
    start, results = Barrier(2), []

    def claim(actor: User) -> None:
        start.wait(timeout=5)
        try:
            results.append(
                services.claim_signal(signal=signal, actor=actor, now=NOW).claimed_by == actor
            )
        except services.HeldByAnother:
            results.append(False)
        finally:
            connection.close()

    threads = [Thread(target=claim, args=[world.person(name)]) for name in ("sato", "tanaka")]
    [thread.start() for thread in threads]
    [thread.join(timeout=10) for thread in threads]
    assert sorted(results) == [False, True]
    assert Event.objects.filter(name="teams.signal.claimed").count() == 1

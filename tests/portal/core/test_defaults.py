"""Default rows reach installed databases after `migrate`; what staff changed or deleted stays
so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from portal.core.db import defaults
from portal.core.db.defaults import DEFAULTS, Default, Ref
from portal.core.models import InstalledDefault
from portal.core.receivers import install_defaults
from portal.teams.default_rules import DefaultRule, register_rules
from portal.teams.models import SignalRule, Team

LATE = {
    "name_ja": "あとから来た規則",
    "name_en": "A rule that came later",
    "trigger": "question_unanswered",
    "team": "support",
    "stand_in": "sales",
    "sla_hours": 8,
}


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    with DEFAULTS.temporarily():
        yield


def declare(**changed: Any) -> None:
    """Declare the rule R99, as a release would."""
    only = {name: row for name, row in DEFAULTS.items() if name != "teams.rule.R99"}
    DEFAULTS._entries = only
    register_rules(DefaultRule(code="R99", **(LATE | changed)))


def late() -> SignalRule:
    return SignalRule.objects.get(code="R99")


def migrated() -> None:
    """What comes after every `migrate`."""
    install_defaults(using="default")


@pytest.mark.django_db
def test_a_new_database_has_all_of_them() -> None:
    codes = set(SignalRule.objects.values_list("code", flat=True))
    assert {"R01", "R03", "R04", "R05", "R14", "R15", "R16", "R50", "R55"} <= codes
    assert Team.objects.count() == 5
    assert set(InstalledDefault.objects.values_list("code", flat=True)) == {
        name for name, _ in DEFAULTS.items()
    }
    rule = SignalRule.objects.select_related("team", "stand_in").get(code="R51")
    assert (rule.team.name, rule.stand_in.name, rule.threshold) == ("sales", "marketing", 14)
    assert (rule.sla_hours, rule.window_hours, rule.next_steps) == (4, 24 * 400, ["told"])


@pytest.mark.django_db
def test_a_rule_added_later_reaches_an_installed_database_at_the_next_migrate() -> None:
    declare()
    assert not SignalRule.objects.filter(code="R99").exists()
    call_command("migrate", verbosity=0)
    assert (late().name_en, late().enabled) == ("A rule that came later", True)
    assert InstalledDefault.objects.get(code="teams.rule.R99").version == 1


@pytest.mark.django_db
def test_a_second_run_changes_nothing() -> None:
    declare()
    migrated()
    before = list(InstalledDefault.objects.order_by("pk").values())
    rules = list(SignalRule.objects.order_by("pk").values())
    migrated()
    assert list(InstalledDefault.objects.order_by("pk").values()) == before
    assert list(SignalRule.objects.order_by("pk").values()) == rules


@pytest.mark.django_db
def test_what_staff_changed_or_deleted_stays_so_whatever_comes_later() -> None:
    declare()
    SignalRule.objects.filter(code="R01").update(threshold=77)
    SignalRule.objects.filter(code="R03").delete()
    migrated()
    SignalRule.objects.filter(code="R99").update(sla_hours=3)
    declare(version=2, sla_hours=20)
    migrated()
    assert late().sla_hours == 3
    assert InstalledDefault.objects.get(code="teams.rule.R99").version == 2
    late().delete()
    declare(version=3, sla_hours=21)
    migrated()
    assert not SignalRule.objects.filter(code__in=("R99", "R03")).exists()
    assert SignalRule.objects.get(code="R01").threshold == 77


@pytest.mark.django_db
def test_a_new_version_reaches_a_row_that_nobody_touched_and_keeps_what_it_does_not_name() -> None:
    declare()
    migrated()
    SignalRule.objects.filter(code="R99").update(escalate_hours=5)
    declare(version=2, sla_hours=20, team="product")
    migrated()
    assert (late().sla_hours, late().team.name, late().escalate_hours) == (20, "product", 5)


@pytest.mark.django_db
def test_a_row_that_was_there_before_is_not_touched() -> None:
    SignalRule.objects.create(code="R99", name_ja="私", name_en="Mine", trigger="x")
    declare()
    migrated()
    assert late().name_en == "Mine"
    declare(version=2)
    migrated()
    assert late().name_en == "Mine"


@pytest.mark.django_db
def test_a_row_waits_for_the_one_it_refers_to_whoever_was_declared_first() -> None:
    SignalRule.objects.filter(team__name="product").delete()
    Team.objects.filter(name="product").delete()
    InstalledDefault.objects.filter(code="teams.team.product").delete()
    team = DEFAULTS["teams.team.product"]
    rule = Default(
        code="R98",
        model="teams.SignalRule",
        key={"code": "R98"},
        values={"team": Ref("teams.Team", {"name": "product"})},
    )
    now = InstalledDefault.objects.first().installed_at
    assert defaults.install(now=now, defaults=[rule]) == 0, "tried again at the next migrate"
    assert not InstalledDefault.objects.filter(code="R98").exists()
    assert defaults.install(now=now, defaults=[rule, team]) == 2
    assert SignalRule.objects.get(code="R98").team.name == "product"


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_make_one_row() -> None:
    declare()
    barrier = threading.Barrier(2, timeout=30)
    failed: list[BaseException] = []

    def migrate() -> None:
        try:
            barrier.wait()
            migrated()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failed
    assert SignalRule.objects.filter(code="R99").count() == 1
    assert InstalledDefault.objects.filter(code="teams.rule.R99").count() == 1

"""Every number opens its rows, and the rows add up to it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.engagement.models import PointEntry
from portal.flywheel import rollup
from portal.flywheel.history import load
from portal.flywheel.metric_registry import all_metrics, value_of
from portal.flywheel.models import DailyValue, Turn
from tests.people import NOW
from tests.portal.flywheel import story
from tests.portal.teams.facts import asked, raised
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)


@pytest.fixture
def told(world: World) -> World:
    for event in story.tell(world):
        story.take(event)
    for number, name in enumerate(("aki", "ren", "mio")):
        person = world.person(name)
        PointEntry.objects.create(
            user=person,
            organization_id=person.organization_id,
            event_id=number,
            event_name="x",
            weight=1,
            counted=True,
            at=NOW - timedelta(days=2),
        )
    return world


def test_the_story_in_numbers(told: World) -> None:
    data = load(NOW)
    values = {row.name: row.value(data, NOW) for row in all_metrics()}
    assert values["momentum"].number == 12
    assert values["inertia"].number == 1  # acme: aki and ren
    assert values["speed"].number == 12
    assert (values["answered"].number, values["answered"].n) == (
        0.5,
        2,
    )  # nana's question still waits
    assert values["earned"].number == 1.0
    assert values["won"].number == 1
    assert values["advocacy"].number == 1.0


@pytest.mark.parametrize("name", [row.name for row in all_metrics()])
def test_the_csv_adds_up_to_the_number(told: World, as_: Any, name: str) -> None:
    found = next(row for row in all_metrics() if row.name == name)
    response = as_(told.person("sato")).get(f"/staff/analytics/rows/?metric={name}&format=csv")
    lines = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    data = load(NOW)
    value = found.value(data, NOW)
    counted = lines if found.kind != "ratio" else [row for row in lines if float(row["of"]) > 0]
    assert len(counted) == value.n
    if found.kind in ("sum", "count"):
        assert sum(float(line["value"]) for line in lines) == pytest.approx(value.number)
    elif found.kind in ("share", "ratio") and value.number is not None:
        whole = sum(float(line["of"]) for line in lines)
        assert sum(float(line["value"]) for line in lines) / whole == pytest.approx(value.number)
    assert value_of(found.kind, found.rows(data, NOW)) == value


def test_the_page_says_the_finding_and_links_every_number(told: World, as_: Any) -> None:
    raised(told.person("aki"))
    page = as_(told.person("sato")).get("/staff/analytics/").content.decode()
    assert "はずみは12" in page
    for name in (
        "momentum",
        "friction",
        "speed",
        "inertia",
        "recorded",
        "won",
        "answered",
        "first_answer_p90",
    ):
        assert f"metric={name}" in page or name == "momentum"
    english = as_(told.person("daniel"))
    assert english.get("/staff/analytics/").status_code == 403


def test_an_empty_installation_has_a_page_too(sato: User, as_: Any) -> None:
    client = as_(sato)
    assert client.get("/staff/analytics/").status_code == 200
    assert client.get("/staff/analytics/rows/?metric=won").status_code == 200
    assert client.get("/staff/analytics/rows/?metric=nothing").status_code == 404
    assert client.get("/staff/turns/?stage=S9").status_code == 200


def test_the_turn_page_shows_the_whole_chain(told: World, as_: Any) -> None:
    turn = Turn.objects.get(subject="community.topic:42")
    page = as_(told.person("sato")).get(f"/staff/turns/{turn.public_id}/").content.decode()
    for words in (
        "秋山 秋",
        "佐藤 誠",
        "ひばり製作所",
        "はじめまして",
        "野々村 奈々",
        "解決したと確認",
    ):
        assert words in page
    following = turn.next_turns.get()
    assert (
        turn.title
        in as_(told.person("sato")).get(f"/staff/turns/{following.public_id}/").content.decode()
    )
    company = told.companies.acme.public_id
    assert (
        turn.title
        in as_(told.person("sato")).get(f"/staff/organizations/{company}/").content.decode()
    )


def test_daily_values_resume_and_take_late_facts(told: World) -> None:
    assert rollup.roll_up(now=NOW, backfill=10) == 10 * len(all_metrics())
    DailyValue.objects.filter(day__lt=datetime(2026, 11, 15, tzinfo=UTC).date()).update(value=-1)
    rollup.roll_up(now=NOW + timedelta(days=1), backfill=10)
    momentum = DailyValue.objects.filter(metric="momentum").order_by("day")
    assert momentum.count() == 11
    assert momentum.filter(value=-1).exists()  # what is old is not computed again
    last = momentum.last()
    assert last is not None
    assert last.value == 12


def test_the_dashboard_keeps_its_query_budget(
    told: World, as_: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_(told.person("sato"))
    client.get("/staff/analytics/")
    with django_assert_max_num_queries(30):
        client.get("/staff/analytics/")
    for topic in range(200, 230):
        story.take(asked(told.person("mio"), topic=topic, hours_ago=topic))
    with django_assert_max_num_queries(30):
        client.get("/staff/analytics/")

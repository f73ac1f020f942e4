"""The inbox: filters live in the URL, actions work without htmx, two people do not conflict."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.core import time
from portal.teams import services
from portal.teams.models import Signal, Told
from tests.people import NOW
from tests.portal.teams.facts import raised

pytestmark = pytest.mark.django_db


def test_an_empty_inbox_says_everything_is_handled(sato: User, as_: Any) -> None:
    assert "すべて処理しました" in as_(sato).get("/staff/signals/").content.decode()


def test_the_list_and_the_most_pressing_item_are_one_page(aki: User, sato: User, as_: Any) -> None:
    raised(aki, lead=sato)
    page = as_(sato).get("/staff/signals/").content.decode()
    assert page.count("請求書の締め日を変えたい") >= 2
    assert 'data-key="c"' in page


def test_filters_are_the_url(aki: User, sato: User, tanaka: User, as_: Any) -> None:
    mine, hers = raised(aki, lead=sato), raised(aki, lead=tanaka)
    Signal.objects.filter(pk=mine.pk).update(
        title="わたしの", due_at=time.now() + timedelta(days=1)
    )
    Signal.objects.filter(pk=hers.pk).update(title="田中さんの", due_at=NOW - timedelta(days=900))
    client = as_(sato)
    assert "田中さんの" not in client.get("/staff/signals/?whose=mine").content.decode()
    assert "わたしの" not in client.get("/staff/signals/?state=overdue").content.decode()
    assert "わたしの" in client.get("/staff/signals/?team=support&rule=R01").content.decode()
    assert client.get("/staff/signals/?whose=%00&state=x&team=" + "y" * 500).status_code == 200


def test_claim_update_and_settle_without_htmx(aki: User, sato: User, as_: Any) -> None:
    signal, client = raised(aki), as_(sato)
    url = f"/staff/signals/{signal.public_id}/"
    assert client.post(url + "claim/?whose=mine")["Location"] == f"{url}?whose=mine"
    data = {"resolve-outcome": "helped", "resolve-next_step": "told"}
    refused = client.post(url + "resolve/", data)
    assert refused.status_code == 422
    assert "お客さまに伝える内容" in refused.content.decode()
    done = client.post(url + "resolve/", data | {"resolve-text": "次の版で直りました。"})
    assert done["Location"] == "/staff/signals/"
    signal.refresh_from_db()
    assert (signal.state, signal.next_step) == ("resolved", "told")
    assert Told.objects.get().person == aki
    client.post(url + "reopen/")
    signal.refresh_from_db()
    assert signal.state == "claimed"


def test_settling_opens_the_next_one(aki: User, sato: User, as_: Any) -> None:
    first, second = raised(aki), raised(aki, at=NOW + timedelta(hours=1))
    data = {"resolve-outcome": "done", "resolve-next_step": "idea"}
    response = as_(sato).post(f"/staff/signals/{first.public_id}/resolve/", data)
    assert response["Location"] == f"/staff/signals/{second.public_id}/"


def test_the_second_person_sees_who_has_it(aki: User, sato: User, tanaka: User, as_: Any) -> None:
    signal = raised(aki)
    services.claim_signal(signal=signal, actor=tanaka, now=NOW)
    url = f"/staff/signals/{signal.public_id}/"
    response = as_(sato).post(url + "claim/")
    assert response.status_code == 409
    assert "田中 直さんが対応中です" in response.content.decode()
    swapped = as_(sato).post(url + "claim/", headers={"hx-request": "true"})
    assert swapped.status_code == 422
    assert "<html" not in swapped.content.decode()


def test_putting_off_needs_a_reason(aki: User, sato: User, as_: Any) -> None:
    signal = raised(aki)
    url = f"/staff/signals/{signal.public_id}/snooze/"
    assert as_(sato).post(url, {"snooze-days": "3"}).status_code == 422
    as_(sato).post(url, {"snooze-days": "3", "snooze-reason": "返事待ち"})
    signal.refresh_from_db()
    assert signal.state == "snoozed"


def test_new_ones_wait_behind_a_line(aki: User, sato: User, as_: Any) -> None:
    signal = raised(aki)
    client = as_(sato)
    assert "新着 1 件" in client.get("/staff/signals/arrivals/?after=0").content.decode()
    assert client.get(f"/staff/signals/arrivals/?after={signal.pk}").content.decode().strip() == ""
    assert client.get("/staff/signals/arrivals/?after=x").status_code == 200


def test_today_shows_what_was_said_and_what_we_owe(aki: User, sato: User, as_: Any) -> None:
    raised(aki, lead=sato)
    page = as_(sato).get("/staff/").content.decode()
    assert "お客さまの声" in page
    assert "請求書の締め日を変えたい" in page


def test_rules_and_agreements_can_be_read_by_teams_and_changed_by_administrators(
    aki: User, sato: User, kato: User, as_: Any
) -> None:
    raised(aki)
    page = as_(sato).get("/staff/settings/rules/").content.decode()
    assert "過去90日間" in page
    client = as_(kato)
    assert client.get("/staff/settings/rules/R03/").status_code == 200
    row = Signal.objects.get().rule
    data = {
        "threshold": 6,
        "window_hours": 2160,
        "cooldown_hours": 0,
        "team": row.team_id,
        "stand_in": row.team_id,
        "sla_hours": 8,
        "escalate_hours": 24,
        "severity": "high",
        "enabled": "on",
        "reason": "夜間は待つ",
    }
    assert client.post("/staff/settings/rules/R01/", data).status_code == 422
    assert (
        client.post("/staff/settings/rules/R01/", data | {"stand_in": row.stand_in_id}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.threshold, row.version) == (6, 2)
    team = {
        "lead": sato.pk,
        "stand_in": sato.pk,
        "within_hours": 4,
        "agreement": "当日中に返します。",
    }
    assert client.post("/staff/settings/teams/support/", team).status_code == 422
    assert client.post("/staff/settings/teams/support/", team | {"stand_in": ""}).status_code == 302
    assert "当日中に返します。" in as_(sato).get("/staff/settings/teams/").content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_in_both_languages(aki: User, sato: User, as_: Any, language: str) -> None:
    signal = raised(aki)
    client = as_(sato, **{"accept-language": language})
    User.objects.filter(pk=sato.pk).update(language=language)
    for path in (
        "/staff/",
        "/staff/signals/",
        f"/staff/signals/{signal.public_id}/",
        "/staff/settings/rules/",
        "/staff/settings/teams/",
        "/staff/settings/",
    ):
        assert client.get(path).status_code == 200, path

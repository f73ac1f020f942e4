"""Working hours as a setting: seen before they are saved, kept in the audit log, a team's own above
the site's, and what follows from a change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.services import assign_team, create_user, drop_calendar, save_calendar
from portal.audit.models import AuditEntry
from portal.core.calendar import calendars
from portal.core.models import BusinessCalendar
from portal.core.time import Calendar
from portal.events.models import Event
from portal.flywheel import rollup
from portal.flywheel.models import DailyValue
from portal.teams.digests import put_due_digests
from portal.teams.models import Team
from tests.people import NOW
from tests.portal.teams.facts import raised

pytestmark = pytest.mark.django_db
LONDON = Calendar("Europe/London", "GB", "ENG")
TYPED = {
    "zone_name": "Europe/London",
    "country": "GB",
    "subdivision": "eng",
    "weekdays": ["1", "2", "3", "4", "5"],
    "opens": "09:00",
    "closes": "17:30",
    "closed_days": "12-29..12-31 Between the years",
    "open_days": "2026-12-19 Stocktaking",
}
SITE_PAGE = "/staff/settings/calendar/"
TEAM_PAGE = "/staff/settings/teams/support/calendar/"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 10:00 in London


def read_in(language: str, client: Client) -> Client:
    client.cookies["hz_language"] = language
    return client


@pytest.fixture
def saved(kato: User, django_capture_on_commit_callbacks: Any) -> Any:
    """Save a calendar as its page does, and let this process hear of it."""

    def save(calendar: Calendar, name: str = calendars.SITE) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            save_calendar(name=name, calendar=calendar, url=SITE_PAGE, actor=kato, now=NOW)

    return save


def test_an_administrator_saves_the_sites_hours(
    kato: User, as_: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = as_(kato).post(SITE_PAGE, TYPED)
    assert response.status_code == 302
    found = calendars.site_calendar()
    assert (found.zone_name, found.country, found.subdivision) == ("Europe/London", "GB", "ENG")
    assert (found.opens, found.closes) == (540, 1050)
    entry = AuditEntry.objects.get(action="accounts.calendar.change")
    assert entry.actor_id == kato.pk
    assert entry.before["zone_name"] == "Asia/Tokyo"
    assert entry.after["zone_name"] == "Europe/London"
    page = as_(kato).get(SITE_PAGE).content.decode()
    assert "12-29..12-31 Between the years" in page


def test_saving_what_holds_already_writes_nothing_twice(saved: Any) -> None:
    saved(LONDON)
    saved(LONDON)
    assert AuditEntry.objects.filter(action="accounts.calendar.change").count() == 1
    assert Event.objects.filter(name="accounts.calendar.changed").count() == 1


def test_the_days_are_seen_before_they_are_saved(kato: User, as_: Any) -> None:
    response = read_in("en", as_(kato)).post(SITE_PAGE, TYPED | {"check": "1"})
    assert response.status_code == 200
    page = response.content.decode()
    for words in ("Christmas Day", "Between the years", "Stocktaking", "not saved yet"):
        assert words in page
    assert "Labor Thanksgiving" not in page
    assert not BusinessCalendar.objects.exists()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_holidays_are_named_in_the_readers_language(kato: User, as_: Any, language: str) -> None:
    page = read_in(language, as_(kato)).get(SITE_PAGE).content.decode()
    assert ("元日" in page) == (language == "ja")
    assert ("営業時間と休業日" in page) == (language == "ja")
    assert ("New Year&#x27;s Day" in page) == (language == "en")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"zone_name": "Mars/Olympus"}, "zone_name"),
        ({"country": "XX"}, "country"),
        ({"subdivision": "BY"}, "subdivision"),
        ({"country": "", "subdivision": "ENG"}, "subdivision"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["8"]}, "weekdays"),
        ({"opens": "9 o'clock"}, "opens"),
        ({"opens": "-1:00"}, "opens"),
        ({"closes": "24:01"}, "closes"),
        ({"closes": "12:60"}, "closes"),
        ({"opens": "18:00", "closes": "09:00"}, "closes"),
        ({"opens": "09:00", "closes": "09:00"}, "closes"),
        ({"closed_days": "Christmas"}, "closed_days"),
        ({"closed_days": "2027-02-29"}, "closed_days"),
        ({"closed_days": "01-01..12-31", "open_days": ""}, "closed_days"),
        ({"closed_days": "2030-01-01..2031-12-31"}, "closed_days"),
        ({"closed_days": "2099-01-01"}, "closed_days"),
        ({"open_days": "\n".join(["2026-12-19"] * 201)}, "open_days"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(
    kato: User, as_: Any, typed: dict[str, Any], field: str
) -> None:
    response = as_(kato).post(SITE_PAGE, TYPED | typed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Between the years" in response.content.decode() or "closed_days" in typed
    assert not BusinessCalendar.objects.exists()


def test_a_desk_that_is_always_open_closes_at_24(kato: User, as_: Any) -> None:
    always = TYPED | {"opens": "0:00", "closes": "24：00", "weekdays": list("1234567")}
    assert as_(kato).post(SITE_PAGE, always).status_code == 302
    assert BusinessCalendar.objects.get().closes == 1440
    assert 'value="24:00"' in as_(kato).get(SITE_PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": 600, "closes": 600},
        {"closes": 1441},
        {"weekdays": ""},
        {"weekdays": "11"},
        {"country": "jp"},
    ],
)
def test_the_database_holds_no_impossible_hours(wrong: dict[str, Any]) -> None:
    row = {
        "name": "site",
        "zone_name": "UTC",
        "weekdays": "12345",
        "opens": 540,
        "closes": 1080,
        "saved_at": NOW,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessCalendar.objects.create(**(row | wrong))


def test_a_team_has_hours_of_its_own_until_it_gives_them_up(
    kato: User, as_: Any, aki: User, sato: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert as_(kato).post(TEAM_PAGE, TYPED).status_code == 302
    team = Team.objects.get(name="support")
    assert team.calendar.zone_name == "Europe/London"
    assert Team.objects.get(name="product").calendar.zone_name == "Asia/Tokyo"
    assert "09:00–17:30 (Europe/London)" in as_(kato).get("/staff/settings/teams/").content.decode()
    signal = raised(aki, lead=sato, at=TUESDAY)
    hours = timedelta(hours=7.5)  # from 10:00 to 17:30
    assert signal.rule.sla_hours == 8
    assert signal.due_at == TUESDAY + hours + timedelta(hours=16)  # half an hour on Wednesday
    with django_capture_on_commit_callbacks(execute=True):
        assert as_(kato).post(TEAM_PAGE, {"drop": "1"}).status_code == 302
    assert team.calendar.zone_name == "Asia/Tokyo"
    assert AuditEntry.objects.filter(action="accounts.calendar.drop").count() == 1
    signal.refresh_from_db()
    assert signal.due_at == TUESDAY + hours + timedelta(hours=16)  # what was promised stays


def test_a_team_without_hours_of_its_own_follows_the_site(saved: Any) -> None:
    saved(LONDON)
    assert Team(name="support").calendar == LONDON
    saved(replace(LONDON, opens=600))
    assert Team(name="support").calendar.opens == 600


def test_the_sites_calendar_cannot_be_dropped(kato: User, saved: Any) -> None:
    saved(LONDON)
    drop_calendar(name=calendars.SITE, url=SITE_PAGE, actor=kato, now=NOW)
    assert BusinessCalendar.objects.count() == 1


def test_each_team_gets_its_mail_in_its_own_morning(saved: Any, aki: User, sato: User) -> None:
    raised(aki, lead=sato)
    saved(LONDON, "team.support")
    assert put_due_digests(now=TUESDAY - timedelta(hours=9)) == 0  # 10:00 in Tokyo
    assert put_due_digests(now=TUESDAY - timedelta(hours=1, minutes=31)) == 0
    assert put_due_digests(now=TUESDAY - timedelta(hours=1, minutes=30)) == 1  # 8:30 in London
    assert put_due_digests(now=TUESDAY + timedelta(hours=13)) == 0  # still the same day there
    christmas = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
    assert put_due_digests(now=christmas) == 0


def test_a_due_time_costs_no_query(saved: Any, django_assert_num_queries: Any, sato: User) -> None:
    saved(LONDON, "team.support")
    team = Team.objects.get(name="support")
    with django_assert_num_queries(1):
        assert [team.calendar.zone_name for _ in range(50)] == ["Europe/London"] * 50


def test_another_process_looks_again_after_a_while(
    saved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(LONDON)
    assert calendars.site_calendar() == LONDON
    BusinessCalendar.objects.update(opens=600)  # as another process would
    assert calendars.site_calendar().opens == 540
    later = monotonic() + calendars.SECONDS
    monkeypatch.setattr("portal.core.calendar.calendars.monotonic", lambda: later)
    assert calendars.site_calendar().opens == 600


def test_daily_values_are_cut_where_the_site_is(saved: Any) -> None:
    saved(LONDON)
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Tokyo
    rollup.roll_up(now=late, backfill=3)
    assert max(DailyValue.objects.values_list("day", flat=True)) == date(2026, 11, 23)
    saved(replace(LONDON, zone_name="Asia/Tokyo"))
    DailyValue.objects.update(value=-1)
    rollup.roll_up(now=late, backfill=3)
    momentum = dict(DailyValue.objects.filter(metric="momentum").values_list("day", "value"))
    kept = [day for day, value in momentum.items() if value == -1]
    assert max(momentum) == date(2026, 11, 24)
    assert kept == [date(2026, 11, 21)]  # only the last days are cut anew


def test_new_people_live_in_the_sites_zone(saved: Any) -> None:
    saved(LONDON)
    user = create_user(email="new@example.com", display_name="New", now=NOW)
    assert user.time_zone == "Europe/London"
    chosen = create_user(
        email="other@example.com", display_name="Other", now=NOW, time_zone="Asia/Kolkata"
    )
    assert chosen.time_zone == "Asia/Kolkata"


def test_only_administrators_change_hours(sato: User, as_: Any) -> None:
    assign_team(user=sato, team="support", now=NOW)
    for page in (SITE_PAGE, TEAM_PAGE):
        assert as_(sato).post(page, TYPED).status_code in (403, 404)
    assert not BusinessCalendar.objects.exists()


def test_a_team_that_does_not_exist_has_no_page(kato: User, as_: Any) -> None:
    assert as_(kato).get(reverse("teams:calendar", args=["nobody"])).status_code == 404


# --- the environment's default ---


@pytest.mark.parametrize(
    ("zone", "country", "expected"),
    [
        ("Asia/Tokyo", None, ("JP", "")),
        ("Europe/London", None, ("GB", "")),
        ("Europe/London", "GB-SCT", ("GB", "SCT")),
        ("Europe/London", "", ("", "")),
        ("UTC", None, ("", "")),
    ],
)
def test_the_environment_gives_the_first_calendar(
    settings: Any, zone: str, country: str | None, expected: tuple[str, str]
) -> None:
    settings.TIME_ZONE, settings.HAZUMI_COUNTRY = zone, country
    settings.HAZUMI_WORKING_HOURS = "08:30-17:00"
    found = calendars.default_calendar.__wrapped__()
    assert (found.country, found.subdivision) == expected
    assert (found.opens, found.closes) == (510, 1020)
    assert bool(found.closed_days) == (expected[0] == "JP")


@pytest.mark.parametrize("hours", ["", "9-18", "18:00-09:00", "09:00-25:00"])
def test_hours_nobody_can_keep_stop_the_start(hours: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        calendars.parse_hours(hours)

"""Aggregates equal their rows: after any order of events, corrections, merges and erasures, for
every filter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.services import erase_user, save_calendar
from portal.core.calendar import calendars
from portal.core.time import Calendar, day_of
from portal.events import dispatch
from referrals.fault_tests.run import NOW, run
from referrals.models import (
    ClickCount,
    ClickMonth,
    MilestoneCount,
    Milestones,
    Program,
    Referral,
    ReferralLink,
    RollupMark,
    SourceCount,
    WaitCount,
)
from referrals.rules import state_machine
from referrals.selectors.analytics import breakdown, funnel, stage_durations
from referrals.selectors.analytics import clicks as click_reads
from referrals.selectors.analytics.filters import AnalyticsFilter
from referrals.services.analytics import milestones
from referrals.services.analytics.marks import mark_everything
from referrals.services.links import clicks
from referrals.services.links.links import link_for
from referrals.services.state import transitions
from tests import people
from tests.referrals.made import tell

TALLIES: tuple[Any, ...] = (MilestoneCount, WaitCount, ClickCount, SourceCount)
DAY = timedelta(days=1)


def kept() -> dict[str, list[Any]]:
    """Every count of something, by tally."""
    return {
        model.__name__: sorted(
            (
                tuple(str(row[name]) for name in sorted(row) if name != "id")
                for row in model.objects.values()
            ),
            key=str,
        )
        for model in TALLIES
    }


def some_clicks(links: list[ReferralLink], first: int) -> list[tuple[str, dict[str, str]]]:
    """Clicks of every kind on every link over some months, and a person who is confirmed after a
    scanner.
    """
    told = []
    for number, (link, verdict) in enumerate(
        itertools.product(links, ("human", "scanner", "bot", "human"))
    ):
        moment = NOW - (number % 5) * 29 * DAY
        told.append(
            (
                f"{first + number}-0",
                {
                    "l": str(link.pk),
                    "v": verdict,
                    "k": f"{first + number:022d}",
                    "h": "f" * 24,
                    "r": "",
                    "c": ("line", "", "mail")[number % 3],
                    "t": str(int(moment.timestamp() * 1000)),
                },
            )
        )
    return [*told, ("", {"e": "confirm", "k": f"{first + 1:022d}", "t": "1763000000000", "p": "1"})]


def all_slices() -> Iterator[AnalyticsFilter]:
    months = [
        "",
        *(
            f"{month:%Y-%m}"
            for month in Milestones.objects.values_list("month", flat=True).distinct()
        ),
    ]
    programs = ["", *Program.objects.values_list("slug", flat=True)]
    channels = ["", "line", "link", "named", "code"]
    for cohort, program, channel in itertools.product(months, programs, channels):
        yield AnalyticsFilter(cohort=cohort, program=program, channel=channel)


def check_every_filter() -> int:
    """Compare what tallies say with what rows say; return how many filters had anything."""
    today, full = day_of(NOW, calendars.site_calendar()), 0
    for slice_ in all_slices():
        found = funnel.cells(slice_)
        assert sorted(found, key=str) == sorted(funnel.cells_of_rows(slice_), key=str), slice_
        assert {k: v for k, v in click_reads.by_verdict(slice_).items() if v[0]} == {
            k: v for k, v in click_reads.by_verdict_of_rows(slice_).items() if v[0]
        }, slice_
        assert stage_durations.tallied(slice_, today) == stage_durations.counted(slice_, today), (
            slice_
        )
        for by in breakdown.KEYS:
            assert breakdown.counted(slice_, by) == breakdown.counted_from_rows(slice_, by), (
                slice_,
                by,
            )
        full += bool(found)
    return full


def test_after_a_story_in_any_order_tallies_are_what_a_recount_says(committed: None) -> None:
    over, failed = Event(), []

    def look() -> None:
        try:
            while not over.wait(0.01):
                milestones.refresh(batch=5)
        except Exception as error:  # noqa: BLE001  the test has to hear of it
            failed.append(error)
        finally:
            connection.close()

    looker = Thread(target=look)
    looker.start()
    report = run(
        facts=60, seed=23, connections=3
    )  # each fact one to five times, late ones after rewards are paid
    links = list(ReferralLink.objects.order_by("pk"))
    for first in (0, 1000, 0):  # the third lot is the first one again
        clicks.keep(some_clicks(links, first))
    over.set()
    looker.join()
    assert (report.errors, failed) == ([], [])
    told = {
        "code": links[0].code,
        "program": links[0].program.slug,
        "domain": "twice.example",
        "claim": "code",
    }
    tell("introduction", "twice", **told, company="二度", occurred_at=(NOW - DAY).isoformat())
    twice = Referral.objects.latest("pk")
    milestones.refresh_all()
    assert Milestones.objects.get(pk=twice.pk).is_counted
    with transaction.atomic():
        transitions.move(
            twice, to="merged", role=state_machine.SYSTEM, now=NOW, reason="rule:same_company"
        )
    erase_user(user=User.objects.get(pk=twice.referrer_id), now=NOW)
    milestones.refresh_all()
    before = kept()
    assert all(len(rows) > 5 for rows in before.values())
    assert not RollupMark.objects.exists()
    assert check_every_filter() > 10
    milestones.rebuild()
    assert kept() == before
    assert not any(
        row["count"] < 1 for model in (MilestoneCount, WaitCount) for row in model.objects.values()
    )


@pytest.mark.django_db
def test_waits_are_the_days_between_two_dates_in_the_sites_time_zone(
    program: Program, aki: Any
) -> None:
    code = link_for(user=aki, program=program, now=people.NOW).code
    at = people.NOW.replace(hour=14, minute=59)  # one minute before midnight in Tokyo
    tell(
        "introduction",
        "i",
        code=code,
        domain="c.example",
        company="会社",
        claim="code",
        occurred_at=(at - 9 * DAY).isoformat(),
        identified_at=(at - 9 * DAY + timedelta(minutes=2)).isoformat(),
    )
    milestones.refresh_all()
    today = day_of(at, calendars.site_calendar())
    assert stage_durations.tallied(AnalyticsFilter(), today) == stage_durations.counted(
        AnalyticsFilter(), today
    )
    assert stage_durations.tallied(AnalyticsFilter(), today) == {
        "signed_up": {(1.0, True): 1},
        "qualified": {(8.0, False): 1},
    }
    cases = stage_durations.wait_cases(AnalyticsFilter(), at)
    assert cases["qualified"] == {(0.0, False): 1}  # longer than anybody who came: nobody did
    assert WaitCount.objects.get(stage="qualified", month__year__gt=1).since == today - 8 * DAY


@pytest.mark.django_db
def test_what_takes_rows_or_sources_away_has_the_tallies_counted_anew(
    program: Program, aki: Any, mio: Any
) -> None:
    link = link_for(user=aki, program=program, now=people.NOW)
    clicks.keep(some_clicks([link], 0))
    for number in range(2):
        tell(
            "introduction",
            f"i{number}",
            code=link.code,
            domain=f"c{number}.example",
            company="会社",
            claim="code",
            occurred_at=people.NOW.isoformat(),
        )
    milestones.refresh_all()
    who = SourceCount.objects.filter(kind="referrer", clicked__gt=0)
    assert [(row.key, row.introduced) for row in who] == [(str(aki.pk), 2)]
    ReferralLink.objects.filter(pk=link.pk).update(user=mio)
    Milestones.objects.order_by("pk").first().delete()
    ClickMonth.objects.filter(verdict="bot").delete()
    mark_everything()
    milestones.refresh_all()
    assert [row.key for row in who.all()] == [str(mio.pk)]
    assert SourceCount.objects.get(key=str(aki.pk)).introduced == 1
    assert not ClickCount.objects.filter(verdict="bot").exists()


@pytest.mark.django_db
def test_pages_read_no_more_for_ten_times_the_introductions(
    program: Program, aki: Any, sato: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: people.NOW)
    link = link_for(user=aki, program=program, now=people.NOW)
    client, rows = client_for(sato), []
    for first, last in ((0, 2), (2, 20)):
        for number in range(first, last):
            tell(
                "introduction",
                f"i{number}",
                code=link.code,
                domain=f"c{number}.example",
                company="会社",
                claim="code",
                occurred_at=(people.NOW - 9 * DAY).isoformat(),
            )
        clicks.keep(some_clicks([link] * 15 * (last - first), 1000 * first))
        milestones.refresh_all()
        rows.append({model: model.objects.count() for model in TALLIES})
        client.get(reverse("referrals:spread"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("referrals:analytics"))
            for address in (
                "?by=referrer",
                "?by=content",
                "?channel=code",
                "?cohort=2026-11",
                "?program=friends",
            ):
                client.get(reverse("referrals:analytics") + address)
            client.get(reverse("referrals:spread"))
        assert page.context["rows"][1]["count"] == last
        read = " ".join(query["sql"] for query in queries)
        for table in ("milestones", "clickmonth", "sharelog", "click", "step"):
            assert f'"referrals_{table}"' not in read, table
        assert '"accounts_organization"' not in read
    assert rows[0] == rows[1]


@pytest.mark.django_db
def test_months_and_waits_follow_the_sites_zone(
    program: Program, aki: Any, kato: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """What was introduced on the 1st in Tokyo was introduced on the last of the month in London."""
    code = link_for(user=aki, program=program, now=people.NOW).code
    at = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    tell(
        "introduction",
        "i",
        code=code,
        domain="c.example",
        company="会社",
        claim="code",
        occurred_at=at.isoformat(),
        identified_at=at.isoformat(),
    )
    milestones.refresh_all()
    assert {row.month for row in Milestones.objects.all()} == {date(2026, 11, 1)}
    with django_capture_on_commit_callbacks(execute=True):
        save_calendar(
            name=calendars.SITE,
            calendar=Calendar("Europe/London", "GB"),
            url="/",
            actor=kato,
            now=people.NOW,
        )
    dispatch.run_pending(now=people.NOW)
    milestones.refresh_all()
    assert {row.month for row in Milestones.objects.all()} == {date(2026, 10, 1)}
    assert set(MilestoneCount.objects.values_list("month", flat=True)) == {date(2026, 10, 1)}
    waiting = WaitCount.objects.get(stage="qualified", month=date(2026, 10, 1))
    assert waiting.since == date(2026, 10, 31)
    before = kept()
    milestones.rebuild()
    assert kept() == before

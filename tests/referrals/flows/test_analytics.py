"""Referral analytics: the number on the page, its drill-down and its file agree, whatever the
filter.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.models import Organization
from referrals import ask_sources
from referrals.models import ClickDay, ClickMonth, Milestones, Program, Referral
from referrals.selectors.analytics import cycle_time, funnel, virality, virality_rows
from referrals.selectors.analytics.drilldown import behind
from referrals.selectors.analytics.filters import AnalyticsFilter, filter_from
from referrals.services.analytics import milestones
from referrals.services.analytics.virality import count_spread
from referrals.services.introductions import staff_actions
from referrals.services.introductions.introductions import introduce_person
from referrals.services.links import clicks
from referrals.services.links.links import link_for, share_link
from referrals.services.rewards import ledger_checks
from tests.pages import squeezed
from tests.people import NOW
from tests.referrals.made import make_program, tell

pytestmark = pytest.mark.django_db
PRINTED = {
    "clicked",
    "introduced",
    "signed_up",
    "won",
    "rewarded",
    "open qualified",
    "clicks sure",
    "clicks scanner",
}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.core.time.now", lambda: NOW)


def click(
    link: Any, number: int, *, verdict: str = "human", channel: str = "line", ago: int = 5
) -> tuple[str, dict[str, str]]:
    moment = NOW - ago * DAY
    key = f"{number:022d}"
    return f"{number}-0", {
        "l": str(link.pk),
        "v": verdict,
        "k": key,
        "h": "f" * 24,
        "c": channel,
        "r": "",
        "t": str(int(moment.timestamp() * 1000)),
    }


@pytest.fixture
def story(aki: Any, mio: Any, sato: Any, program: Program) -> dict[str, Any]:
    """aki's link brings a won and a registered company, mio introduces by name; a second program
    has one of its own.
    """
    second = make_program(
        slug="partners", is_default=False, name_ja="パートナー", name_en="Partners"
    )
    akis = link_for(user=aki, program=program, now=NOW)
    mios = link_for(user=mio, program=second, now=NOW)
    clicks.keep(
        [click(akis, n, channel="line") for n in range(6)]
        + [click(akis, 10 + n, channel="", ago=40) for n in range(3)]
        + [
            click(mios, 20, channel="mail"),
            click(akis, 30, verdict="scanner"),
            click(akis, 31, verdict="preview"),
        ]
        + [("", {"e": "confirm", "k": f"{1:022d}", "t": "1763000000000"})]
    )
    for number, (link, ago) in enumerate(((akis, 45), (akis, 4), (mios, 3))):
        tell(
            "introduction",
            f"i{number}",
            code=link.code,
            program=link.program.slug,
            domain=f"c{number}.example",
            company=f"会社{number}",
            claim="click",
            reference=f"{number:022d}",
            occurred_at=(NOW - ago * DAY).isoformat(),
        )
    tell(
        "conversion",
        "c0",
        domain="c0.example",
        program=program.slug,
        invoice="INV-0",
        amount=500_000,
        currency="JPY",
        occurred_at=(NOW - 20 * DAY).isoformat(),
    )
    tell(
        "stage",
        "s2",
        domain="c2.example",
        program=second.slug,
        stage="opportunity",
        occurred_at=(NOW - DAY).isoformat(),
    )
    introduce_person(
        program=program,
        referrer=mio,
        name="青木",
        company="=cmd()",
        email="ao@d.example",
        now=NOW - 2 * DAY,
    )
    return {"program": program, "second": second, "link": akis, "aki": aki, "mio": mio}


def lines(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def filters(story: dict[str, Any]) -> list[str]:
    return [
        "",
        "cohort=2026-10",
        "program=partners",
        "channel=line",
        "channel=named",
        "content=/questions/1/",
        f"referrer={story['mio'].public_id}&program=partners",
        "cohort=2026-11&channel=line",
    ]


def test_card_rows_and_file_are_one_for_every_stage_and_filter(
    story: dict[str, Any], sato: Any, client_for: Any
) -> None:
    client = client_for(sato)
    seen = {}
    for query in filters(story):
        context = client.get(f"{reverse('referrals:analytics')}?{query}").context
        numbers = {(row["stage"], row["query"]): row["count"] for row in context["rows"]}
        numbers |= {
            (f"open {row['stage']}", row["open_query"]): row["open"]
            for row in context["rows"][1:]
            if row["open"] is not None
        }
        numbers |= {
            (f"clicks {row['key']}", row["query"]): row["value"]
            for row in context["clicks"]["rows"]
        }
        numbers |= {
            (f"{row['label']} {stage}", line): row[stage]
            for row in context["sources"]
            for stage, line in row["queries"].items()
        }
        numbers |= {
            (f"{row['key']} {cell['label']}", cell["query"]): cell["count"]
            for row in context["cohorts"]
            for cell in row["cells"]
        }
        for (name, line), number in numbers.items():
            asked = QueryDict(line)
            found = behind(filter_from(asked), asked["stage"])
            assert found is not None
            assert (
                found.total(),
                sum(getattr(row, found.weight or "_", 1) for row in found.rows),
            ) == (
                number,
                number,
            ), name
            if query in ("", "cohort=2026-11&channel=line") and name in PRINTED:
                page = client.get(f"{reverse('referrals:analytics_rows')}?{line}")
                told = lines(client.get(f"{reverse('referrals:analytics_csv')}?{line}"))
                in_file = sum(int(row["clicks"]) for row in told) if found.weight else len(told)
                assert (page.context["total"], in_file, len(page.context["rows"])) == (
                    number,
                    number,
                    len(told),
                ), name
        seen[query] = {row["stage"]: row["count"] for row in context["rows"]}
    assert seen[""] == {
        "clicked": 10,
        "introduced": 4,
        "signed_up": 3,
        "qualified": 2,
        "opportunity": 2,
        "won": 1,
        "live": 0,
        "rewarded": 0,
    }
    assert seen["channel=named"]["clicked"] == 0
    assert seen["channel=named"]["introduced"] == 1
    assert (seen["channel=line"]["clicked"], seen["channel=line"]["introduced"]) == (6, 3)
    assert (seen["program=partners"]["clicked"], seen["program=partners"]["opportunity"]) == (1, 1)
    assert (seen["cohort=2026-10"]["clicked"], seen["cohort=2026-10"]["won"]) == (3, 1)
    assert seen["content=/questions/1/"]["introduced"] == 0


def test_the_same_number_of_queries_for_ten_times_the_rows(
    story: dict[str, Any], sato: Any, client_for: Any
) -> None:
    client = client_for(sato)
    address = reverse("referrals:analytics")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    clicks.keep(click(story["link"], 1000 + n, channel="mail", ago=n % 90) for n in range(200))
    for number in range(20):
        tell(
            "introduction",
            f"m{number}",
            code=story["link"].code,
            domain=f"m{number}.example",
            company=f"M{number}",
            claim="click",
            occurred_at=(NOW - number * DAY).isoformat(),
        )
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        page = client.get(address)
    assert page.context["rows"][1]["count"] == 24
    assert len(many) == len(few) <= 25


def test_a_change_shows_at_once_and_every_way_of_changing_is_seen(
    story: dict[str, Any], sato: Any, client_for: Any
) -> None:
    milestones.refresh_all()
    row = Milestones.objects.get(organization__name="会社1")
    assert (row.rank, row.channel, row.referrer) == (1, "line", story["aki"])
    referral = Referral.objects.get(pk=row.pk)
    staff_actions.move_referral(
        referral=referral, to="qualified", actor=sato, now=NOW, occurred_at=NOW - DAY
    )
    page = client_for(sato).get(reverse("referrals:analytics"))
    assert {r["stage"]: r["count"] for r in page.context["rows"]}["qualified"] == 3
    row.refresh_from_db()
    assert (row.rank, row.qualified_at) == (2, NOW - DAY)
    before = list(Milestones.objects.order_by("pk").values())
    assert milestones.rebuild() == 4
    assert list(Milestones.objects.order_by("pk").values()) == before


def test_a_channel_outlives_its_click(story: dict[str, Any]) -> None:
    milestones.refresh_all()
    clicks.prune(now=NOW + 500 * DAY)
    milestones.rebuild()
    assert Milestones.objects.filter(channel="line").count() == 3


def test_clicks_by_month_add_up_to_clicks_by_day(story: dict[str, Any]) -> None:
    by_day: dict[tuple[int, str], tuple[int, int]] = {}
    by_month: dict[tuple[int, str], tuple[int, int]] = {}
    for model, into in ((ClickDay, by_day), (ClickMonth, by_month)):
        for row in model.objects.all():
            key = (row.link_id, row.verdict)
            n, sure = into.get(key, (0, 0))
            into[key] = (n + row.count, sure + row.confirmed_count)
    assert by_day == by_month
    clicks.keep([click(story["link"], 0, channel="line")])  # the same stream id again
    assert sum(ClickMonth.objects.values_list("count", flat=True)) == 12


def test_rows_are_paged_and_formulas_harmless(
    story: dict[str, Any], sato: Any, client_for: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("referrals.views.analytics.PER_PAGE", 3)
    client = client_for(sato)
    first = client.get(reverse("referrals:analytics_rows") + "?stage=introduced")
    assert (len(first.context["rows"]), first.context["total"]) == (3, 4)
    second = client.get(reverse("referrals:analytics_rows") + first.context["next"])
    assert len(second.context["rows"]) == 1
    assert any(
        row["introduction"] == "'=cmd()"
        for row in lines(client.get(reverse("referrals:analytics_csv")))
    )
    assert client.get(reverse("referrals:analytics_rows") + "?stage=nonsense").status_code == 404


def test_customers_see_nothing_of_it(story: dict[str, Any], client_for: Any) -> None:
    client = client_for(story["aki"])
    for name in ("analytics", "spread", "analytics_rows", "analytics_csv"):
        assert client.get(reverse(f"referrals:{name}")).status_code in (403, 404)


def test_days_between_count_those_who_still_wait(story: dict[str, Any]) -> None:
    milestones.refresh_all()
    rows = {
        row["stage"]: row
        for row in funnel.funnel(AnalyticsFilter(), funnel.cells(AnalyticsFilter()), NOW)
    }
    gap = rows["qualified"]["gap"]
    assert (gap.n, gap.waiting) == (
        0,
        1,
    )  # what a later step only implies has no date, one company waits
    assert (rows["won"]["gap"].n, rows["won"]["gap"].waiting) == (0, 1)


def test_bad_filters_are_left_out(sato: Any, client_for: Any, program: Program) -> None:
    page = client_for(sato).get(
        reverse("referrals:analytics") + "?cohort=2026-13&channel=nothing&referrer=1&by=x&content=x"
    )
    assert page.status_code == 200
    assert page.context["slice"].parts == {}


# --- how it spreads ---


@pytest.fixture
def activated(story: dict[str, Any]) -> dict[str, Any]:
    """aki's company became a customer 200 days ago, mio's 30 days ago; aki shared 150 days ago and
    again lately.
    """
    for name, ago in (("aki", 200), ("mio", 30)):
        Organization.objects.filter(pk=story[name].organization_id).update(
            became_customer_at=NOW - ago * DAY
        )
    Organization.objects.filter(name="会社0").update(became_customer_at=NOW - 20 * DAY)
    for ago in (150, 3):
        share_link(link=story["link"], channel="line", now=NOW - ago * DAY)
    return story


def test_k_and_its_parts_on_a_known_story(activated: dict[str, Any]) -> None:
    milestones.refresh_all()
    look = virality.window(NOW)
    chain = virality.factors(virality.factor_counts(look))
    k = chain["k"]
    assert (look.first.isoformat(), k.count, k.n) == ("2026-06-01", 1, 1)
    assert k.ceiling is None  # K = 1
    by = {row["key"]: row for row in virality.cohorts(virality.cohort_counts(), NOW)}
    may = {cell["days"]: cell for cell in by["2026-05"]["cells"]}
    assert (may[90]["is_ripe"], may[90]["k"].count) == (
        True,
        0,
    )  # won 180 days after the activation
    assert (may[180]["is_ripe"], may[180]["k"].count, may[365]["is_ripe"]) == (False, 1, False)
    assert not any(cell["is_ripe"] for cell in by["2026-10"]["cells"])
    assert [(step["part"], step["whole"]) for step in chain["steps"]] == [
        (1, 1),
        (2, 1),
        (9, 2),
        (2, 9),
        (1, 2),
        (1, 1),
    ]
    assert (chain["product"], chain["named"], chain["others"]) == (1.0, 0, 0)


def test_the_round_watches_those_who_have_not_come(activated: dict[str, Any]) -> None:
    milestones.refresh_all()
    legs = cycle_time.legs(cycle_time.leg_cases(NOW))
    # aki's company shared after 50 days, mio's introduced after 27, 会社0 is watched for 20
    assert legs["share"].cases == {(50.0, True): 1, (27.0, True): 1, (20.0, False): 1}
    assert legs["share"].median == 27
    assert legs["brought"].cases == {(130.0, True): 1, (3.0, False): 1}
    assert cycle_time.companies(NOW).count() == legs["share"].waits.n
    assert cycle_time.sharing(NOW).count() == legs["brought"].waits.n


def test_every_number_of_the_spread_opens_as_many_rows(
    activated: dict[str, Any], sato: Any, client_for: Any
) -> None:
    client = client_for(sato)
    client.get(reverse("referrals:spread"))
    with CaptureQueriesContext(connection) as queries:
        context = client.get(reverse("referrals:spread")).context
    assert len(queries) <= 25, len(queries)
    numbers = {"won_since": context["k"].count, "customers": context["k"].n}
    for share in (context["earned"], context["shared"], *context["rates"]):
        numbers |= {share.part_stage: share.part, share.whole_stage: share.whole}
    for step in context["steps"]:
        numbers |= {step["key"]: step["part"], step["whole_stage"]: step["whole"]}
    for row in context["cohorts"]:
        numbers |= {row["query"].removeprefix("stage="): row["n"]}
        numbers |= {cell["query"].removeprefix("stage="): cell["k"].count for cell in row["cells"]}
    numbers |= {"open_since": context["still_open"][0], "named_won": context["chain"]["named"]}
    for stage, number in numbers.items():
        found = virality_rows.behind(stage, NOW)
        assert found is not None
        told = [found.cells(row) for row in found.rows.order_by(*found.order)]
        assert found.total() == number, stage
        assert sum(int(row[-1].text) for row in told) if found.weight else len(told) == number, (
            stage
        )
    assert numbers["earned"] == 1
    page = client.get(reverse("referrals:analytics_rows") + "?stage=earned")
    assert (
        page.context["total"],
        len(lines(client.get(reverse("referrals:analytics_csv") + "?stage=earned"))),
    ) == (
        1,
        1,
    )
    assert client.get(reverse("referrals:analytics_rows") + "?stage=k90-2026-13").status_code == 404


def test_the_spread_says_when_it_was_counted_and_whoever_opens_rows_has_it_counted_anew(
    activated: dict[str, Any], sato: Any, client_for: Any, monkeypatch: Any
) -> None:
    client, page, rows = (
        client_for(sato),
        reverse("referrals:spread"),
        reverse("referrals:analytics_rows"),
    )

    def look(minutes: int) -> tuple[Any, int]:
        monkeypatch.setattr("portal.core.time.now", lambda: NOW + timedelta(minutes=minutes))
        context = client.get(page).context
        return context["now"], context["k"].count

    assert look(0) == (NOW, 1)
    tell(
        "conversion",
        "c1",
        domain="c1.example",
        program="friends",
        invoice="INV-1",
        amount=1,
        currency="JPY",
        occurred_at=(NOW - DAY).isoformat(),
    )
    assert look(5) == (NOW, 1)
    assert client.get(f"{rows}?stage=won_since").context["total"] == 2
    assert look(6) == (NOW + timedelta(minutes=5), 2) == look(6)
    tell(
        "conversion",
        "c2",
        domain="c2.example",
        program="partners",
        invoice="INV-2",
        amount=1,
        currency="JPY",
        occurred_at=(NOW - DAY).isoformat(),
    )
    assert look(20) == (NOW + timedelta(minutes=5), 2)
    assert look(21) == (NOW + timedelta(minutes=21), 3)  # nobody counts any more: the page does


def test_nobody_asked_is_said_in_words_and_asking_gives_a_rate(
    activated: dict[str, Any], sato: Any, client_for: Any
) -> None:
    client = client_for(sato)
    with ask_sources._sources.temporarily({}):
        assert "まだどなたにも" in client.get(reverse("referrals:spread")).content.decode()
        ask_sources.register(
            "test",
            lambda since, until: [
                (activated["aki"].pk, NOW - 10 * DAY),
                (activated["mio"].pk, NOW - DAY),
            ],
        )
        count_spread(now=NOW)
        asked, answered = client.get(reverse("referrals:spread")).context["asked"]
    assert (asked.part, asked.whole, answered.part) == (1, 2, 1)


def test_a_new_installation_has_both_pages(sato: Any, client_for: Any) -> None:
    for name in ("analytics", "spread"):
        assert client_for(sato).get(reverse(f"referrals:{name}")).status_code == 200


def test_the_ledger_checks_say_when_the_nightly_run_is_late(
    sato: Any, client_for: Any, program: Program
) -> None:
    client = client_for(sato)
    ledger_checks.record_check(now=NOW - 2 * DAY)
    assert client.get(reverse("referrals:books")).context["is_late"]
    ledger_checks.record_check(now=NOW - timedelta(hours=9))
    page = client.get(reverse("referrals:books"))
    assert not page.context["is_late"]
    assert [row["invariant"].number for row in page.context["rows"]] == list(range(1, 17))
    assert {row["last"] for row in page.context["rows"]} == {0}


@pytest.mark.parametrize(
    "name", ["flywheel:dashboard", "flywheel:turns", "referrals:analytics", "referrals:spread"]
)
def test_every_page_of_the_analytics_leads_to_the_others(
    name: str, sato: Any, client_for: Any
) -> None:
    page = client_for(sato).get(reverse(name)).content.decode()
    assert f'<a href="{reverse(name)}" aria-current="page">' in squeezed(page)
    for other in (
        "flywheel:dashboard",
        "flywheel:turns",
        "referrals:analytics",
        "referrals:spread",
    ):
        assert f'<a href="{reverse(other)}"' in squeezed(page), other

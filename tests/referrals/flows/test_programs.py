"""Programs as administrators edit them and customers see them: audience, rewards, terms, states,
preview.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import Organization
from portal.audit.models import AuditEntry
from referrals.models import (
    Program,
    ProgramChange,
    Referral,
    ReferralLink,
    Reward,
    RewardRule,
    TermsVersion,
    YearlyTotal,
)
from referrals.selectors.customer_pages import programs_for
from referrals.services.introductions import introductions
from referrals.services.links import links
from referrals.services.links.links import NotForYou
from referrals.services.links.redirect_target import target_of
from referrals.services.programs import programs
from referrals.services.programs.caps import take_year
from tests.people import NOW
from tests.referrals.made import tell, won_referral

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SETTINGS = {
    "slug": "points",
    "name_ja": "事例でポイント",
    "name_en": "Points for stories",
    "companies": "",
    "from_date": "",
    "until_date": "",
    "target_url": "",
    "hosts_text": "",
    "window_days": "60",
    "touch": "first",
    "currency": "PTS",
    "fulfilment": "gift",
    "hold_days": "14",
    "protection_days": "180",
    "review_threshold": "0",
    "year_cap": "",
    "asks_enabled": "on",
    "ask_rest_days": "14",
    "ask_limit": "2",
    "hold_out_percent": "10",
}


def rules(**fields: Any) -> dict[str, str]:
    """The rewards form with nothing promised but what is given: won_referrer_kind="fixed"."""
    data = {
        f"{m}-{s}-kind": "none"
        for m in ("qualified", "won", "live")
        for s in ("referrer", "referee")
    }
    for name, value in fields.items():
        milestone, side, field = name.split("_", 2)
        data[f"{milestone}-{side}-{field}"] = str(value)
    return data


def page(name: str, program: Program | None = None) -> str:
    return reverse(f"referrals:{name}", args=[program.slug] if program else [])


def write(client: Any) -> Program:
    """Make a draft with a reward and terms, as an administrator does."""
    assert client.post(page("program_new"), SETTINGS).status_code == 302
    program = Program.objects.get(slug="points")
    client.post(
        page("program_rules", program), rules(won_referrer_kind="fixed", won_referrer_amount=500)
    )
    client.post(
        page("program_terms", program), {"text_ja": "規約です", "text_en": "Terms", "publish": "1"}
    )
    return program


def test_a_program_is_written_step_by_step_and_opens_complete(
    as_: Any, kato: Any, aki: Any
) -> None:
    client = as_(kato)
    client.post(page("program_new"), SETTINGS)
    program = Program.objects.get(slug="points")
    assert (program.state, program.touch, program.window_days) == ("draft", "first", 60)
    told = client.post(page("program_move", program), {"to": "open"}, follow=True).content.decode()
    assert "1つ以上の特典" in told
    assert "両言語の規約" in told
    client.post(
        page("program_rules", program), rules(won_referrer_kind="fixed", won_referrer_amount=500)
    )
    client.post(
        page("program_terms", program), {"text_ja": "規約です", "text_en": "Terms", "publish": "1"}
    )
    assert programs_for(aki, NOW) == []
    client.post(page("program_move", program), {"to": "open"})
    assert [row.slug for row in programs_for(aki, NOW)] == ["points"]
    assert "500ポイント" in as_(aki).get(page("hub")).content.decode()
    assert (
        "500 points"
        in as_(aki, **{"accept-language": "en"}).get(page("terms", program)).content.decode()
    )
    acts = set(AuditEntry.objects.values_list("action", flat=True))
    assert {f"referrals.program.{act}" for act in ("save", "rule", "terms", "move")} <= acts


def test_bad_input_is_explained_and_kept(as_: Any, kato: Any, program: Program) -> None:
    client = as_(kato)
    bad = {
        **SETTINGS,
        "slug": "friends",
        "companies": "知らない会社",
        "name_en": "",
        "from_date": "2026-12-01",
        "until_date": "2026-11-01",
        "review_threshold": "10.5",
    }
    answer = client.post(page("program_new"), bad)
    text = answer.content.decode()
    assert answer.status_code == 422
    for word in (
        "知らない会社",
        "この名前のプログラムはすでにあります",
        "始まる前には終われません",
        "最小単位",
        "事例でポイント",
    ):
        assert word in text
    data = rules(
        won_referrer_kind="tier",
        won_referrer_from_1=2,
        won_referrer_step_1=100,
        live_referee_kind="percent",
    )
    answer = client.post(page("program_rules", program), data)
    assert answer.status_code == 422
    assert "1件目から" in answer.content.decode()
    assert RewardRule.objects.filter(program=program, is_active=True).count() == 2
    english = (
        as_(kato, **{"accept-language": "en"})
        .post(page("program_rules", program), data)
        .content.decode()
    )
    assert "The first step begins with contract number 1." in english


def test_a_rule_that_has_granted_is_replaced_and_its_budget_goes_on(
    as_: Any, kato: Any, aki: Any, program: Program
) -> None:
    RewardRule.objects.filter(program=program, side="referrer").update(budget=100_000)
    won_referral(aki, program)
    old = RewardRule.objects.get(program=program, side="referrer")
    data = rules(
        won_referrer_kind="fixed",
        won_referrer_amount=40_000,
        won_referrer_budget=100_000,
        won_referee_kind="percent",
        won_referee_percent=5,
    )
    assert as_(kato).post(page("program_rules", program), data).status_code == 302
    old.refresh_from_db()
    new = RewardRule.objects.get(program=program, side="referrer", is_active=True)
    assert (old.is_active, old.amount, old.budget) == (False, 30_000, 30_000)
    assert (new.amount, new.budget, new.whole_budget) == (40_000, 70_000, 100_000)
    assert Reward.objects.get(side="referrer").amount == 30_000
    data["won-referrer-budget"] = "20000"
    answer = as_(kato).post(page("program_rules", program), data)
    assert answer.status_code == 422
    assert "¥30,000" in answer.content.decode()


def test_rules_without_rewards_are_just_changed_and_the_last_one_stays(
    as_: Any, kato: Any, program: Program
) -> None:
    as_(kato).post(
        page("program_rules", program), rules(live_referrer_kind="fixed", live_referrer_amount=9)
    )
    assert list(RewardRule.objects.values_list("milestone", "amount")) == [("live", 9)]
    answer = as_(kato).post(page("program_rules", program), rules())
    assert answer.status_code == 422
    assert RewardRule.objects.get().is_active


def test_points_are_no_share_of_a_sale(as_: Any, kato: Any) -> None:
    client = as_(kato)
    program = write(client)
    shown = client.get(page("program_rules", program)).content.decode()
    assert "売上の一定割合" not in shown
    assert "成約の件数による段階制" in shown
    data = rules(won_referrer_kind="percent", won_referrer_percent=5)
    assert client.post(page("program_rules", program), data).status_code == 422
    assert RewardRule.objects.get(program=program, is_active=True).amount == 500


def test_each_milestone_pays_its_own(aki: Any, program: Program) -> None:
    RewardRule.objects.create(program=program, milestone="qualified", side="referrer", amount=1_000)
    RewardRule.objects.create(program=program, milestone="live", side="referrer", basis_points=100)
    won_referral(aki, program)
    tell("stage", "live", domain="aoba.example", stage="live", occurred_at=(NOW + HOUR).isoformat())
    found = dict(Reward.objects.filter(side="referrer").values_list("milestone", "amount"))
    assert found == {"qualified": 1_000, "won": 30_000, "live": 10_000}


def test_changed_terms_are_shown_as_a_difference_before_they_are_published(
    as_: Any, kato: Any, program: Program
) -> None:
    client = as_(kato)
    words = {"text_ja": "規約\n返金のときは取り消します", "text_en": "Terms\nRefunds take it back"}
    look = client.post(page("program_terms", program), words).content.decode()
    assert "<ins>返金のときは取り消します</ins>" in look
    assert TermsVersion.objects.count() == 1
    client.post(page("program_terms", program), {**words, "publish": "1"})
    client.post(page("program_terms", program), {**words, "publish": "1"})
    assert list(TermsVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert (
        "<ins>Refunds take it back</ins>" in client.get(page("program", program)).content.decode()
    )


def test_staff_preview_a_draft_as_a_customer_would_see_it_and_touch_nothing(
    as_: Any, kato: Any, tanaka: Any, aki: Any
) -> None:
    program = write(as_(kato))
    Organization.objects.filter(pk=aki.organization_id).update(plan="上位")
    Program.objects.filter(pk=program.pk).update(plans=["標準"])
    text = (
        as_(tanaka)
        .get(page("program_preview", program), {"company": "アクメ精機"})
        .content.decode()
    )
    for word in (
        "500ポイント",
        "500 points",
        "規約です",
        "Terms",
        "[PR]",
        "プランが対象に含まれていません",
        "plan is not among",
    ):
        assert word in text
    assert not ReferralLink.objects.exists()
    assert as_(aki).get(page("terms", program)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"plans": ["上位"]}, "plan"),
        ({"languages": ["en"]}, "language"),
        ({"opens_at": NOW + HOUR}, "early"),
        ({"ends_at": NOW - HOUR}, "over"),
        ({"state": "paused"}, "state"),
    ],
)
def test_whoever_is_not_meant_sees_nothing_makes_no_link_and_introduces_nobody(
    aki: Any, program: Program, fields: dict[str, Any], why: str
) -> None:
    for name, value in fields.items():
        setattr(program, name, value)
    program.save()
    assert programs_for(aki, NOW) == []
    with pytest.raises(NotForYou, match=why):
        links.link_for(user=aki, program=program, now=NOW)
    with pytest.raises(introductions.NotOpen):
        introductions.introduce_person(
            program=program, referrer=aki, name="青木", company="青葉", now=NOW
        )


def test_chosen_companies_only(as_: Any, kato: Any, aki: Any, mio: Any, program: Program) -> None:
    data = {
        **SETTINGS,
        "companies": "acme.example",
        "currency": "JPY",
        "name_ja": "限定",
        "name_en": "Chosen",
    }
    as_(kato).post(page("program_edit", program), data)
    assert programs_for(aki, NOW) == [program]
    assert programs_for(mio, NOW) == []
    form = {"name": "青木 恵", "company": "青葉製作所", "why": "締めで困っています"}
    assert as_(mio).post(page("introduce"), form).status_code == 200
    assert not Referral.objects.exists()


def test_a_claim_counts_by_when_it_happened(kato: Any, aki: Any, program: Program) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    programs.move_program(program=program, to="paused", actor=kato, now=NOW + 2 * HOUR)
    for name, at, state in (
        ("before", NOW + HOUR, "accepted"),
        ("after", NOW + 3 * HOUR, "rejected"),
    ):
        body = {
            "code": link.code,
            "domain": f"{name}.example",
            "claim": "code",
            "occurred_at": at.isoformat(),
        }
        told = tell("introduction", name, **body)
        referral = Referral.objects.get(public_id=told.result["referral"])
        assert referral.state == state
    assert referral.reason == "rule:program_closed"


def test_a_claim_of_somebody_outside_the_audience_is_refused_and_explained(
    as_: Any, aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    program.plans = ["上位"]
    program.save()
    told = tell(
        "introduction",
        "x",
        code=link.code,
        domain="aoba.example",
        claim="code",
        occurred_at=NOW.isoformat(),
    )
    referral = Referral.objects.get(public_id=told.result["referral"])
    assert (referral.state, told.result["refused"]) == ("rejected", "not_in_audience")
    answer = as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
    assert "御社を対象としていません" in answer


def test_paused_links_lead_on_and_what_is_under_way_runs_on(
    as_: Any, kato: Any, aki: Any, program: Program
) -> None:
    link = links.link_for(user=aki, program=program, now=NOW)
    tell(
        "introduction",
        "i",
        code=link.code,
        domain="aoba.example",
        claim="code",
        occurred_at=NOW.isoformat(),
    )
    as_(kato).post(page("program_move", program), {"to": "paused"})
    link.refresh_from_db()
    program.refresh_from_db()
    link.program = program
    assert target_of(link) == f"/welcome/{link.code}/"
    tell(
        "conversion",
        "c",
        domain="aoba.example",
        invoice="I",
        amount=100_000,
        currency="JPY",
        occurred_at=NOW.isoformat(),
    )
    assert Reward.objects.count() == 2
    as_(kato).post(page("program_move", program), {"to": "ended", "reason": "年度末"})
    program.refresh_from_db()
    assert (
        target_of(link.__class__.objects.select_related("program").get(pk=link.pk)) == "/welcome/"
    )
    told = (
        as_(kato).post(page("program_move", program), {"to": "open"}, follow=True).content.decode()
    )
    assert "終了すると戻せません" in told
    assert list(ProgramChange.objects.order_by("pk").values_list("after", flat=True)) == [
        "paused",
        "ended",
    ]


def test_the_currency_stays_once_it_was_open(as_: Any, kato: Any, program: Program) -> None:
    as_(kato).post(page("program_edit", program), {**SETTINGS, "currency": "USD"})
    program.refresh_from_db()
    assert program.currency == "JPY"


def test_settings_saved_from_a_page_that_is_old_undo_no_end_and_no_pause(
    kato: Any, program: Program
) -> None:
    """Two administrators: one has the settings open while the other ends the program."""
    old = Program.objects.get(pk=program.pk)
    programs.move_program(program=program, to="ended", actor=kato, now=NOW)
    saved = programs.save_settings(
        program=old, actor=kato, now=NOW, fields={"name_en": "Renamed"}, organizations=()
    )
    program.refresh_from_db()
    assert (program.state, program.name_en, saved.state) == ("ended", "Renamed", "ended")
    draft = Program(state="draft", pk=program.pk, currency="JPY")
    with pytest.raises(programs.CurrencyFixed):
        programs.save_settings(
            program=draft, actor=kato, now=NOW, fields={"currency": "USD"}, organizations=()
        )


def test_the_yearly_limit_is_the_one_in_the_database_not_the_one_somebody_read_before(
    kato: Any, aki: Any, program: Program
) -> None:
    old = Program.objects.get(pk=program.pk)
    programs.save_settings(
        program=program, actor=kato, now=NOW, fields={"year_cap": 20_000}, organizations=()
    )
    assert not take_year(old, aki.pk, 2026, 30_000)
    assert take_year(old, aki.pk, 2026, 15_000)
    assert not take_year(old, aki.pk, 2026, 15_000)
    total = YearlyTotal.objects.get()
    assert (total.amount, total.cap) == (15_000, 20_000)
    assert take_year(old, aki.pk, 2026, -5_000)


def test_a_lowered_yearly_limit_takes_nothing_back(
    as_: Any, kato: Any, aki: Any, program: Program
) -> None:
    won_referral(aki, program)
    as_(kato).post(page("program_edit", program), {**SETTINGS, "year_cap": "10000"})
    total = YearlyTotal.objects.get(user=aki)
    assert (total.amount, total.cap) == (30_000, 30_000)
    won_referral(aki, program, domain="koto.example", name="2")
    assert Reward.objects.filter(side="referrer").count() == 1


def test_a_program_without_a_reward_for_contracts_says_each_thing_once(
    as_: Any, aki: Any, program: Program
) -> None:
    RewardRule.objects.filter(program=program).delete()
    for milestone, amount in (("qualified", 500), ("live", 3_000)):
        RewardRule.objects.create(
            program=program, milestone=milestone, side="referrer", amount=amount
        )
    text = as_(aki, **{"accept-language": "en"}).get(page("hub")).content.decode()
    assert text.count("When a meeting takes place, you get ¥500") == 1
    assert "When they have begun to use it, you get ¥3,000." in text


def test_a_meeting_has_one_name_on_customers_pages(as_: Any, aki: Any, program: Program) -> None:
    RewardRule.objects.filter(program=program).delete()
    for side in ("referrer", "referee"):
        RewardRule.objects.create(program=program, milestone="qualified", side=side, amount=500)
    hub = as_(aki).get(page("hub")).content.decode()
    assert "面談が行われると、あなたに¥500をお贈りします" in hub
    assert "面談が行われると、紹介先に¥500をお贈りします" in hub
    terms = as_(aki).get(page("terms", program)).content.decode()
    assert "<td>面談</td>" in terms
    assert "有望" not in terms
    assert "商談が行われ" not in hub + terms
    assert (
        "<td>Meeting</td>"
        in as_(aki, **{"accept-language": "en"}).get(page("terms", program)).content.decode()
    )


def test_a_link_and_its_code_belong_to_the_chosen_program(
    as_: Any, kato: Any, aki: Any, program: Program
) -> None:
    second = write(as_(kato))
    as_(kato).post(page("program_move", second), {"to": "open"})
    client = as_(aki)
    assert (
        client.post(page("hub"), {"program": "points"}).headers["Location"]
        == "/referrals/?program=points"
    )
    link = ReferralLink.objects.get(user=aki, program=second)
    text = client.get(page("hub"), {"program": "points"}).content.decode()
    assert f"/r/{link.code}" in text
    assert "ご参加いただけるほかのプログラム" in text
    assert "¥30,000" in text  # the other program's reward, in its own sentence
    assert "/referrals/qr.svg?program=points" in text
    form = {
        "program": "points",
        "name": "青木 恵",
        "company": "青葉製作所",
        "why": "締めで困っています",
    }
    client.post(page("introduce"), form)
    assert Referral.objects.get().program == second


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("until_date", "9999-12-31"),
        ("from_date", "0001-01-01"),
        ("from_date", "9999-12-31"),
    ],
)
def test_days_no_calendar_reckons_with_are_refused(
    as_: Any, kato: Any, name: str, day: str
) -> None:
    refused = as_(kato).post(page("program_new"), {**SETTINGS, name: day})
    assert refused.status_code == 422
    assert "2000年から2100年まで" in refused.content.decode()
    assert not Program.objects.filter(slug="points").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"won_referrer_kind": "percent", "won_referrer_percent": "5", "won_referrer_cap": "0"},
            "0にすると、どなたも",
        ),
        (
            {
                "won_referrer_kind": "fixed",
                "won_referrer_amount": "1000",
                "won_referrer_budget": "0",
            },
            "0にすると、どなたも",
        ),
        (
            {
                "won_referrer_kind": "fixed",
                "won_referrer_amount": "1000",
                "won_referrer_budget": "500",
            },
            "特典1件分に足りません",
        ),
    ],
)
def test_a_limit_that_keeps_every_promise_from_being_kept_is_refused(
    as_: Any, kato: Any, program: Program, given: dict[str, str], said: str
) -> None:
    before = list(program.rules.values_list("pk", "amount", "cap", "budget"))
    refused = as_(kato).post(page("program_rules", program), rules(**given))
    assert (refused.status_code, said in refused.content.decode()) == (422, True)
    assert list(program.rules.values_list("pk", "amount", "cap", "budget")) == before


def test_a_yearly_limit_of_nothing_is_not_no_limit(as_: Any, kato: Any) -> None:
    refused = as_(kato).post(page("program_new"), {**SETTINGS, "year_cap": "0"})
    assert (refused.status_code, "0にすると、どなたも" in refused.content.decode()) == (422, True)

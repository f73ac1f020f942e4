"""The default rules: they fire once, late or early, close when the reason is gone, and can be
backtested.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from community.services import delete_post, hide_post, restore_post, show_post
from portal.accounts.models import User
from portal.engagement.models import PointEntry
from portal.events import dispatch
from portal.events.models import Event
from portal.teams import registry, selectors, services
from portal.teams.models import Signal, SignalRule
from portal.teams.services.evaluation import sweep
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.portal.teams.facts import answered, asked, fact, lead, raised, rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: Any) -> None:
    rule("R01")
    SignalRule.objects.exclude(code="R01").update(enabled=False)


def enable(code: str) -> None:
    SignalRule.objects.filter(code=code).update(enabled=True)


def test_a_question_waits_four_hours_before_anybody_is_bothered(aki: User) -> None:
    asked(aki, hours_ago=3.9)
    assert sweep(now=NOW)["raised"] == 0
    assert sweep(now=NOW + timedelta(minutes=10))["raised"] == 1
    signal = Signal.objects.get()
    assert (signal.rule.code, signal.team.name, signal.person) == ("R01", "support", aki)
    assert "4" in selectors.why(signal)


def test_a_missed_run_loses_nothing_and_a_second_run_adds_nothing(aki: User) -> None:
    asked(aki, hours_ago=24 * 9)  # nobody swept for nine days
    assert sweep(now=NOW)["raised"] == 1
    assert sweep(now=NOW)["raised"] == 0
    assert sweep(now=NOW + timedelta(days=3))["raised"] == 0


def test_ones_own_reply_is_no_answer_and_a_colleagues_is(aki: User, ren: User) -> None:
    asked(aki, hours_ago=5)
    answered(aki)
    assert sweep(now=NOW)["raised"] == 1
    asked(aki, topic=43, hours_ago=5)
    answered(ren, topic=43)
    assert sweep(now=NOW)["raised"] == 0


def test_questions_of_the_host_company_and_deleted_ones_bother_nobody(
    sato: User, aki: User, kato: User
) -> None:
    asked(sato, hours_ago=5)
    topic = a_question(aki, now=NOW - timedelta(hours=5))
    body = topic.posts.get()
    hide_post(post=body, moderator=kato, reason="宣伝", now=NOW)
    assert sweep(now=NOW)["raised"] == 0
    show_post(post=body, moderator=kato, reason="宣伝ではない", now=NOW)
    assert sweep(now=NOW)["raised"] == 1
    delete_post(post=body, actor=aki, now=NOW)
    dispatch.run_pending(now=NOW)
    assert Signal.objects.unresolved().count() == 0
    assert sweep(now=NOW)["raised"] == 0


def test_a_question_whose_only_answer_went_away_waits_again(aki: User, mio: User) -> None:
    topic = a_question(aki, now=NOW - timedelta(hours=5))
    assert sweep(now=NOW)["raised"] == 1
    answer = an_answer(topic, mio, now=NOW)
    dispatch.run_pending(now=NOW)
    assert Signal.objects.get().state == "resolved"
    delete_post(post=answer, actor=mio, now=NOW)
    dispatch.run_pending(now=NOW)
    assert sweep(now=NOW + timedelta(minutes=1))["raised"] == 1
    assert Signal.objects.get().state == "open"
    restore_post(post=answer, actor=mio, now=NOW)
    sweep(now=NOW + timedelta(minutes=2))
    assert Signal.objects.get().state == "resolved"


def test_the_answer_closes_the_signal_that_waited_for_it(aki: User, mio: User) -> None:
    asked(aki, hours_ago=5)
    sweep(now=NOW)
    answered(mio, at=NOW + timedelta(minutes=1))
    dispatch.run_pending()
    signal = Signal.objects.get()
    assert (signal.state, signal.outcome, signal.next_step) == ("resolved", "vanished", "none")
    assert sweep(now=NOW + timedelta(hours=1))["raised"] == 0


def test_a_claimed_signal_is_not_closed_automatically(aki: User, mio: User, sato: User) -> None:
    asked(aki, hours_ago=5)
    sweep(now=NOW)
    services.claim_signal(signal=Signal.objects.get(), actor=sato, now=NOW)
    answered(mio, at=NOW + timedelta(minutes=1))
    dispatch.run_pending()
    assert Signal.objects.get().state == "claimed"


def test_the_first_post_of_a_company_is_raised_once_in_any_order(
    aki: User, ren: User, mio: User
) -> None:
    enable("R04")
    first, second = asked(aki, hours_ago=2), asked(ren, topic=43, hours_ago=1)
    assert first.pk < second.pk
    dispatch.run_pending()
    dispatch.run_pending()
    assert [signal.person for signal in Signal.objects.filter(rule__code="R04")] == [aki]
    answered(mio)
    dispatch.run_pending()
    assert Signal.objects.filter(rule__code="R04").count() == 2


def test_introductions_go_to_marketing(aki: User, tanaka: User) -> None:
    enable("R14")
    lead("marketing", tanaka)
    fact("referrals.referral.recorded", aki, referrer_id=aki.pk)
    dispatch.run_pending()
    signal = Signal.objects.get()
    assert (signal.rule.code, signal.team.name, signal.person) == ("R14", "marketing", aki)


def test_a_power_user_who_falls_silent_is_noticed_once(
    aki: User, mio: User, ren: User, daniel: User
) -> None:
    enable("R05")
    days = {aki: 30, mio: 1, ren: 60, daniel: 70}
    for number, (user, ago) in enumerate(days.items()):
        weight = 9.0 if user in (aki, mio) else 3.0
        PointEntry.objects.create(
            user=user,
            event_id=number,
            event_name="x",
            weight=weight,
            counted=True,
            at=NOW - timedelta(days=ago),
            organization_id=user.organization_id,
        )
    assert sweep(now=NOW)["raised"] == 1
    signal = Signal.objects.get()
    assert signal.person == aki
    assert sweep(now=NOW + timedelta(days=1))["raised"] == 0
    PointEntry.objects.create(
        user=aki, event_id=99, event_name="x", weight=1, counted=True, at=NOW + timedelta(days=1)
    )
    assert sweep(now=NOW + timedelta(days=2))["vanished"] == 1


def test_what_was_put_off_comes_back_and_what_is_late_escalates(aki: User, sato: User) -> None:
    signal = raised(aki)
    Signal.objects.update(rule=rule("R14"))
    services.snooze_signal(
        signal=signal, actor=sato, until=NOW + timedelta(days=3), reason="返事待ち", now=NOW
    )
    assert sweep(now=NOW + timedelta(days=2))["woken"] == 0
    done = sweep(now=NOW + timedelta(days=4))
    assert (done["woken"], done["escalated"]) == (1, 1)
    assert sweep(now=NOW + timedelta(days=4))["escalated"] == 0
    signal.refresh_from_db()
    assert (signal.state, signal.severity) == ("open", "high")


def test_a_backtest_says_what_would_have_fired(aki: User, ren: User, mio: User, sato: User) -> None:
    for day in (1, 5, 20):
        asked(aki, topic=day, hours_ago=24 * day)
    answered(mio, topic=1, at=NOW - timedelta(hours=23))
    answered(mio, topic=5, at=NOW - timedelta(hours=24 * 5 - 6))
    asked(aki, topic=100, hours_ago=24 * 100)
    played = selectors.backtest(rule("R01"), NOW, reader=AnonymousUser())
    assert played is not None
    assert played.total == 2  # one was answered within the hour, one is older than 90 days
    assert played.per_person_week == pytest.approx(2 / (90 / 7))
    firsts = selectors.backtest(rule("R04"), NOW, reader=AnonymousUser())
    assert firsts is not None
    assert firsts.total == 1  # Northfield's; Acme's first was before the window
    assert selectors.backtest(rule("R05"), NOW, reader=AnonymousUser()) is None


def test_the_firsts_of_the_past_are_found_in_one_go_as_each_fact_would_find_them(
    aki: User, ren: User, mio: User, sato: User, django_assert_max_num_queries: Any
) -> None:
    for day, person in (
        (100, aki),
        (80, aki),
        (60, ren),
        (40, mio),
        (40, ren),
        (20, mio),
        (10, sato),
    ):
        asked(person, topic=day, hours_ago=24 * day)
    for code, subjects in (("R03", [ren, mio]), ("R04", [mio])):
        row = rule(code)
        trigger = registry.trigger(row.trigger)
        assert trigger
        assert trigger.history
        assert trigger.find_event
        since = NOW - timedelta(days=90)
        with django_assert_max_num_queries(3):
            found = list(trigger.history(row, since, NOW))
        facts = Event.objects.filter(name__in=trigger.events, occurred_at__gte=since).order_by(
            "occurred_at", "pk"
        )
        assert found == [
            one for event in facts if (one := trigger.find_event(row, event)) is not None
        ]
        assert [one.person_id for one in found] == [person.pk for person in subjects]

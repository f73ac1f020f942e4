"""A question is settled together with its answer: what staff tell the asker is the public answer as
well, said once; and a state that still holds is not silenced for ever.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from community.models import Post, Topic
from community.services import accept_answer, delete_post
from portal.accounts.models import User
from portal.events import dispatch
from portal.notifications.models import Notification
from portal.teams import services
from portal.teams.models import Signal, SignalRule, Told
from portal.teams.services.customer_updates import NotPublic
from portal.teams.services.evaluation import sweep
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.portal.teams.facts import raised

pytestmark = pytest.mark.django_db
ASKED = NOW - timedelta(hours=5)
WORDS = "締め日は設定画面で変えられます。"


@pytest.fixture
def question(aki: User) -> Topic:
    SignalRule.objects.exclude(code="R01").update(enabled=False)
    topic = a_question(aki, now=ASKED)
    dispatch.run_pending(now=NOW)
    sweep(now=NOW)
    return topic


def tell(topic: Topic, sato: User, *, publicly: bool) -> Told:
    signal = Signal.objects.get()
    told = services.notify_customer(
        person=topic.author, text=WORDS, actor=sato, signal=signal, now=NOW, publicly=publicly
    )
    services.resolve_signal(signal=signal, actor=sato, outcome="helped", next_step="told", now=NOW)
    return told


def test_one_act_answers_and_tells_and_is_heard_once(
    question: Topic, aki: User, sato: User
) -> None:
    told = tell(question, sato, publicly=True)
    answer = Post.objects.answers().get(topic=question)
    assert (answer.author, answer.markdown) == (sato, WORDS)
    assert told.public_answer == f"community.post:{answer.pk}"
    assert told.url.endswith(f"#{answer.anchor}")
    dispatch.run_pending(now=NOW)
    heard = Notification.objects.filter(user=aki).values_list("kind", "url")
    assert list(heard) == [("told", told.url)]


def test_the_form_offers_the_public_answer_on_where_nobody_has_answered(
    question: Topic, aki: User, mio: User, sato: User, as_: Any
) -> None:
    signal = Signal.objects.get()
    page = as_(sato).get(f"/staff/signals/{signal.public_id}/").content.decode()
    assert page.count('name="tell-publicly"') == 1
    box = page[page.index('name="tell-publicly"') :]
    assert "checked" in box[: box.index(">")]
    as_(sato).post(
        f"/staff/signals/{signal.public_id}/tell/", {"tell-text": WORDS, "tell-publicly": "on"}
    )
    question.refresh_from_db()
    assert question.answer_count == 1
    topic_page = as_(aki).get(question.get_absolute_url()).content.decode()
    assert topic_page.count(WORDS) == 1 + topic_page.count(f'"text": "{WORDS}"')


def test_what_has_no_public_page_offers_no_public_answer(aki: User, sato: User, as_: Any) -> None:
    signal = raised(aki)
    page = as_(sato).get(f"/staff/signals/{signal.public_id}/").content.decode()
    assert "tell-publicly" not in page
    with pytest.raises(NotPublic):
        services.notify_customer(
            person=aki, text="x", actor=sato, signal=signal, now=NOW, publicly=True
        )
    assert not Told.objects.exists()


def test_told_words_become_the_public_answer_later_once_and_can_be_taken_back(
    question: Topic, aki: User, sato: User, as_: Any
) -> None:
    told = tell(question, sato, publicly=False)
    for _ in range(2):
        as_(sato).post(f"/staff/updates/{told.public_id}/publish/")
    assert Post.objects.answers().filter(topic=question, deleted_at=None).count() == 1
    dispatch.run_pending(now=NOW)
    as_(sato).post(f"/staff/updates/{told.public_id}/withdraw/")
    question.refresh_from_db()
    told.refresh_from_db()
    assert (question.answer_count, told.public_answer) == (0, "")
    as_(sato).post(f"/staff/updates/{told.public_id}/publish/")
    question.refresh_from_db()
    assert question.answer_count == 1
    dispatch.run_pending(now=NOW)
    assert [row.kind for row in Notification.objects.filter(user=aki)] == ["told"]


def test_a_public_answer_that_was_deleted_can_be_posted_again(
    question: Topic, aki: User, sato: User
) -> None:
    told = tell(question, sato, publicly=True)
    delete_post(post=Post.objects.answers().get(topic=question), actor=sato, now=NOW)
    services.publish_update(told=told, actor=sato, now=NOW)
    question.refresh_from_db()
    assert question.answer_count == 1


def test_yes_to_the_update_solves_the_question_and_the_other_way_round(
    question: Topic, aki: User, sato: User
) -> None:
    told = tell(question, sato, publicly=True)
    services.confirm_update(told=told, person=aki, answer="yes", now=NOW)
    dispatch.run_pending(now=NOW)
    question.refresh_from_db()
    assert question.accepted_post == Post.objects.answers().get(topic=question)


def test_who_accepts_the_answer_is_not_asked_again(question: Topic, aki: User, sato: User) -> None:
    told = tell(question, sato, publicly=True)
    answer = Post.objects.answers().get(topic=question)
    accept_answer(post=answer, actor=aki, now=NOW)
    dispatch.run_pending(now=NOW)
    told.refresh_from_db()
    assert told.answer == "yes"


def test_words_that_helped_in_private_solve_the_question_once_public(
    question: Topic, aki: User, sato: User
) -> None:
    told = tell(question, sato, publicly=False)
    services.confirm_update(told=told, person=aki, answer="yes", now=NOW)
    services.publish_update(told=told, actor=sato, now=NOW)
    question.refresh_from_db()
    assert question.accepted_post is not None


def test_settling_a_question_without_an_answer_is_not_for_ever(
    question: Topic, aki: User, sato: User
) -> None:
    tell(question, sato, publicly=False)
    assert sweep(now=NOW + timedelta(hours=71))["raised"] == 0
    assert sweep(now=NOW + timedelta(hours=73))["raised"] == 1
    assert sweep(now=NOW + timedelta(hours=74))["raised"] == 0
    assert list(Signal.objects.order_by("pk").values_list("recurrence", flat=True)) == [1, 2]


def test_an_asker_who_said_it_is_solved_waits_no_more(
    question: Topic, aki: User, sato: User
) -> None:
    told = tell(question, sato, publicly=False)
    services.confirm_update(told=told, person=aki, answer="yes", now=NOW)
    assert sweep(now=NOW + timedelta(hours=73))["raised"] == 0


def test_an_answered_question_whose_answer_goes_away_is_raised_again(
    question: Topic, mio: User
) -> None:
    answer = an_answer(question, mio, now=NOW)
    dispatch.run_pending(now=NOW)
    assert Signal.objects.get().outcome == "vanished"
    assert sweep(now=NOW + timedelta(hours=25))["raised"] == 0
    delete_post(post=answer, actor=mio, now=NOW + timedelta(hours=26))
    dispatch.run_pending(now=NOW + timedelta(hours=26))
    assert sweep(now=NOW + timedelta(hours=27))["raised"] == 1

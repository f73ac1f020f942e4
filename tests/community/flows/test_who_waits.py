"""No page says that nobody waits beside somebody who does: every such sentence comes from the same
rows as the number beside it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from community.selectors.home import answered_for
from portal.accounts.models import User
from portal.events import dispatch
from portal.teams import selectors, services, waiting
from portal.teams.models import Signal, SignalRule
from portal.teams.services.evaluation import sweep
from tests.community.things import a_question, an_answer
from tests.pages import squeezed
from tests.people import NOW

pytestmark = pytest.mark.django_db
OLD = NOW - timedelta(days=100)  # older than every window
EN = {"accept-language": "en"}
PAGES = ("portal:today", "teams:signals", "flywheel:dashboard")
NOBODY = {
    "en": ("Everything is handled", "Nobody waits for us.", "Every question has an answer."),
    "ja": ("お待たせしている方はいません", "すべての質問に回答があります"),
}


@pytest.fixture(autouse=True)
def only_questions(db: Any) -> None:
    SignalRule.objects.exclude(code="R01").update(enabled=False)


def texts(client: Any) -> list[str]:
    with time_machine.travel(NOW, tick=False):
        return [squeezed(client.get(reverse(name)).content.decode()) for name in PAGES]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_question_older_than_every_window_waits_on_every_page(
    aki: User, sato: User, as_: Any, language: str
) -> None:
    topic = a_question(aki, now=OLD)
    dispatch.run_pending(now=NOW)
    client = as_(sato, **{"accept-language": language})
    for name, text in zip(PAGES, texts(client), strict=True):
        assert not [words for words in NOBODY[language] if words in text], name
    for page in texts(client)[::2]:
        assert topic.title in page
    assert [row.since for row in waiting.oldest(sato)] == [OLD]
    assert waiting.count(sato) == 1


def test_with_nobody_waiting_every_page_says_so(aki: User, mio: User, sato: User, as_: Any) -> None:
    an_answer(a_question(aki, now=OLD), mio, now=OLD)
    dispatch.run_pending(now=NOW)
    assert (waiting.oldest(sato), waiting.count(sato)) == ([], 0)
    today, inbox, dashboard = texts(as_(sato, **EN))
    assert "Every question has an answer." in today
    assert "Everything is handled" in inbox
    assert "Nobody waits for us." in dashboard


def test_a_question_with_its_signal_waits_once_since_it_was_asked(aki: User, sato: User) -> None:
    topic = a_question(aki, now=NOW - timedelta(hours=6))
    a_question(aki, now=NOW - timedelta(hours=1), title="もう一つの質問", space=topic.space)
    dispatch.run_pending(now=NOW)
    assert sweep(now=NOW)["raised"] == 1
    rows = waiting.oldest(sato)
    assert [row.title for row in rows] == [topic.title, "もう一つの質問"]
    assert rows[0].owner == Signal.objects.get().owner
    assert waiting.count(sato) == 2


def test_what_the_host_company_asks_waits_for_nobody(sato: User, tanaka: User) -> None:
    a_question(tanaka, now=OLD)
    assert waiting.count(sato) == 0


def test_an_asker_who_said_it_is_solved_waits_no_more_and_is_asked_no_more(
    aki: User, mio: User, sato: User
) -> None:
    topic = a_question(aki, now=OLD)
    subject = f"community.topic:{topic.pk}"
    told = services.notify_customer(
        person=aki, text="直りました", actor=sato, now=NOW, subject=subject, title=topic.title
    )
    assert waiting.count(sato) == 1
    services.confirm_update(told=told, person=aki, answer="yes", now=NOW)
    assert waiting.count(sato) == 0
    an_answer(topic, mio, now=NOW)
    assert answered_for(aki) == []


def test_one_thread_is_one_row_among_the_voices(aki: User, mio: User, ren: User) -> None:
    topic = a_question(aki, now=NOW)
    for number in range(12):
        an_answer(topic, mio, now=NOW + timedelta(minutes=number + 1))
    a_question(ren, now=NOW, title="もう一つの質問", space=topic.space)
    rows = selectors.voices(NOW - timedelta(days=1))
    assert [(row.payload["title"], count) for row, count in rows] == [
        (topic.title, 13),
        ("もう一つの質問", 1),
    ]

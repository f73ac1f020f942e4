"""What the search index contains of a topic: the words as a reader sees them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from community.models import Topic
from community.search import queue_topics_of
from portal.accounts.services.people import change_profile, erase_user
from portal.search.registry import source
from portal.search.selectors import search
from portal.search.services import index_batch
from tests.community.things import a_published_story, a_question, an_answer
from tests.people import NOW

pytestmark = pytest.mark.django_db


def test_the_text_reads_as_on_the_page_and_ends_with_the_tags(aki: Any) -> None:
    topic = a_question(aki, body="設定 > 連携 で `<code>` & 署名を確かめました。", tags=["webhook"])
    questions = source("question")
    assert questions is not None
    document = questions.document(topic.pk)
    assert document is not None
    assert document.text == "設定 > 連携 で <code> & 署名を確かめました。\nwebhook"


def names_of(topic: Topic) -> tuple[str, ...]:
    found = source(topic.kind)
    assert found is not None
    document = found.document(topic.pk)
    assert document is not None
    return document.names


def found_by(text: str) -> list[int]:
    index_batch()
    return [hit.object_id for hit in search(AnonymousUser(), text, now=NOW).hits]


def test_a_topic_is_found_by_the_names_of_those_who_wrote(aki: Any, mio: Any) -> None:
    topic = a_question(aki, title="ネジの長さ")
    an_answer(topic, mio)
    assert names_of(topic) == (aki.display_name, mio.display_name)
    queue_topics_of(mio)
    assert found_by(mio.display_name) == [topic.pk]


@pytest.mark.parametrize("naming", ["industry", "company"])
def test_whoever_told_a_story_is_not_found_by_their_name(
    naming: str, aki: Any, mori: Any, mio: Any
) -> None:
    story = a_published_story(aki, mori, naming=naming)
    assert story.topic is not None
    an_answer(story.topic, aki)
    an_answer(story.topic, mio)
    assert names_of(story.topic) == (mio.display_name,)


def test_a_new_name_is_found_and_the_old_is_not(aki: Any, dispatched: Any) -> None:
    topic = a_question(aki, title="ネジの長さ")
    queue_topics_of(aki)
    before = aki.display_name
    assert found_by(before) == [topic.pk]
    change_profile(user=aki, changes={"display_name": "新名 つばさ"}, now=NOW)
    dispatched()
    assert found_by("新名つばさ") == [topic.pk]
    assert found_by(before) == []


def test_nobody_is_found_by_the_name_of_whoever_was_erased(aki: Any) -> None:
    topic = a_question(aki, title="ネジの長さ")
    queue_topics_of(aki)
    before = aki.display_name
    assert found_by(before) == [topic.pk]
    erase_user(user=aki, now=NOW)
    assert found_by(before) == []

"""Asking: what is written, who may see it, and that one form creates one topic."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AnonymousUser

from community import services
from community.models import Follow, Tag, Topic
from portal.events.models import Event
from tests.community.things import a_question, a_space
from tests.people import NOW


def test_a_question_is_posted_with_its_fact(aki: Any) -> None:
    topic = a_question(aki)
    assert topic.posts.get().html == "<p>月末に<strong>50件</strong>ほど届きます。</p>"
    assert (topic.language, topic.visibility, topic.tag_names) == (
        "ja",
        "public",
        ["請求書", "承認"],
    )
    event = Event.objects.get(name="community.question.posted")
    assert event.payload["url"] == f"/questions/{topic.pk}/"
    assert event.payload["asker_id"] == event.actor_id == aki.pk
    assert event.organization_id == aki.organization.pk
    assert Follow.objects.filter(user=aki, topic=topic).exists()


def test_one_form_makes_one_topic(aki: Any, mio: Any) -> None:
    key = uuid4()
    first, second = a_question(aki, form_key=key), a_question(aki, form_key=key)
    assert first.pk == second.pk
    assert Event.objects.filter(name="community.question.posted").count() == 1


def test_only_my_company_sees_what_i_limit_to_it(
    aki: Any, ren: Any, mio: Any, sato: Any, daniel: Any
) -> None:
    topic = a_question(aki, visibility="organization")
    assert topic.organization == aki.organization
    seen = {
        person.display_name: Topic.objects.visible_to(person).filter(pk=topic.pk).exists()
        for person in (aki, ren, mio, sato, daniel)
    }
    assert list(seen.values()) == [True, True, False, True, False]


def test_the_stricter_of_space_and_wish_holds(sato: Any) -> None:
    space = a_space(slug="inside", visibility="staff")
    assert a_question(sato, space=space, visibility="public").visibility == "staff"


def test_an_anonymous_visitor_sees_public_topics_only(aki: Any) -> None:

    public = a_question(aki)
    a_question(aki, visibility="members")
    assert list(Topic.objects.visible_to(AnonymousUser())) == [public]


def test_spellings_of_a_tag_are_one_tag(aki: Any) -> None:
    a_question(aki, tags=["ＳＳＯ"])
    topic = a_question(aki, tags=["sso"])
    assert Tag.objects.get(slug="sso").topic_count == 2
    assert topic.tag_names == ["ＳＳＯ"]


def test_somebody_called_by_name_is_mentioned(aki: Any, mio: Any) -> None:
    a_question(aki, body="@水島澪 さん、ご存じですか")
    assert Event.objects.get(name="community.question.posted").payload["mentioned_ids"] == [mio.pk]


def test_nobody_is_mentioned_where_they_may_not_read(aki: Any, mio: Any) -> None:
    a_question(aki, body="@水島澪 さん", visibility="organization")
    assert Event.objects.get(name="community.question.posted").payload["mentioned_ids"] == []


def test_reading_everything_can_be_taken_back(aki: Any, mio: Any) -> None:
    topic, _ = a_question(aki), a_question(aki)
    services.mark_read(user=mio, topic=topic, number=1, now=NOW)
    services.post_answer(topic=topic, author=aki, body="追記です", now=NOW)
    states = services.mark_all_read(user=mio, kind="question", now=NOW)
    assert sorted(number for _, number in states) == [-1, 1]
    services.put_back_unread(user=mio, states=states)
    assert list(topic.read_states.filter(user=mio).values_list("last_read_number", flat=True)) == [
        1
    ]


def test_following_counts_once(aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    assert services.follow_topic(user=mio, topic=topic, now=NOW)
    assert not services.follow_topic(user=mio, topic=topic, now=NOW)
    topic.refresh_from_db()
    assert topic.follower_count == 2
    assert services.unfollow_topic(user=mio, topic=topic)
    assert not services.unfollow_topic(user=mio, topic=topic)

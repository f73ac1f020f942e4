"""Answers, comments, revisions, deleting and restoring, accepting and reactions."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from community import services
from community.models import Post, PostRevision
from community.services.posts import TopicClosed
from portal.events.models import Event
from tests.community.things import a_discussion, a_question, an_answer
from tests.people import NOW


def names() -> list[str]:
    return list(
        Event.objects.filter(name__startswith="community.")
        .order_by("id")
        .values_list("name", flat=True)
    )


def test_an_answer_counts_and_notifies(aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    post = an_answer(topic, mio)
    topic.refresh_from_db()
    assert (post.number, topic.answer_count, topic.last_number, topic.version) == (2, 1, 2, 2)
    event = Event.objects.get(name="community.answer.posted")
    assert event.payload["is_first"] is True
    assert (event.payload["asker_id"], event.payload["author_id"]) == (aki.pk, mio.pk)
    assert event.payload["url"] == f"/questions/{topic.pk}/#p2"


def test_one_form_makes_one_answer(aki: Any, mio: Any) -> None:
    topic, key = a_question(aki), uuid4()
    for _ in range(2):
        services.post_answer(topic=topic, author=mio, body="同じ", now=NOW, form_key=key)
    topic.refresh_from_db()
    assert (topic.answer_count, topic.last_number) == (1, 2)


def test_a_comment_stays_with_its_answer(aki: Any, mio: Any) -> None:
    answer = an_answer(a_question(aki), mio)
    first = services.post_comment(parent=answer, author=aki, body="助かりました", now=NOW)
    second = services.post_comment(parent=first, author=mio, body="よかったです", now=NOW)
    assert (first.parent, second.parent) == (answer, answer)
    assert names()[-1] == "community.reply.posted"


def test_a_reply_in_a_discussion_is_no_answer(aki: Any, mio: Any) -> None:
    an_answer(a_discussion(aki), mio)
    assert names() == ["community.discussion.posted", "community.reply.posted"]


def test_a_locked_topic_takes_no_answer(aki: Any, mio: Any, mori: Any) -> None:
    topic = a_question(aki)
    services.lock_topic(topic=topic, moderator=mori, now=NOW)
    with pytest.raises(TopicClosed):
        an_answer(topic, mio)
    an_answer(topic, mori)


def test_editing_keeps_every_version(aki: Any) -> None:
    topic = a_question(aki)
    post = topic.posts.get()
    assert services.edit_post(
        post=post, editor=aki, body="直しました", title="新しい題", tags=["SSO"], now=NOW
    )
    assert not services.edit_post(
        post=post, editor=aki, body="直しました", title="新しい題", tags=["SSO"], now=NOW
    )
    topic.refresh_from_db()
    assert (topic.title, topic.tag_names) == ("新しい題", ["SSO"])
    versions = list(
        PostRevision.objects.filter(post=post).order_by("number").values_list("number", "markdown")
    )
    assert versions == [(1, "月末に**50件**ほど届きます。"), (2, "直しました")]


def test_an_accepted_answer_solves_the_question_while_it_is_there(aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    post = an_answer(topic, mio)
    services.accept_answer(post=post, actor=aki, now=NOW)
    services.delete_post(post=post, actor=mio, now=NOW)
    topic.refresh_from_db()
    assert (topic.is_solved, topic.answer_count) == (False, 0)
    services.restore_post(post=post, actor=mio, now=NOW)
    topic.refresh_from_db()
    assert (topic.is_solved, topic.answer_count, topic.accepted_by) == (True, 1, aki)


def test_accepting_twice_is_one_fact(aki: Any, mio: Any, ren: Any) -> None:
    topic = a_question(aki)
    one, other = an_answer(topic, mio), an_answer(topic, ren)
    assert services.accept_answer(post=one, actor=aki, now=NOW)
    assert not services.accept_answer(post=one, actor=aki, now=NOW)
    assert services.accept_answer(post=other, actor=aki, now=NOW)
    assert names().count("community.answer.accepted") == 2
    assert services.unaccept_answer(topic=topic, actor=aki, now=NOW)
    assert not services.unaccept_answer(topic=topic, actor=aki, now=NOW)


def test_a_vote_is_one_per_person_and_turns(aki: Any, mio: Any) -> None:
    post = a_question(aki).posts.get()
    assert services.react(post=post, user=mio, kind="up", now=NOW)
    assert not services.react(post=post, user=mio, kind="up", now=NOW)
    assert services.react(post=post, user=mio, kind="down", now=NOW)
    post = Post.objects.get(pk=post.pk)
    assert (post.up_count, post.down_count, post.score) == (0, 1, -1)
    assert services.react(post=post, user=mio, kind="same", now=NOW)
    assert services.unreact(post=post, user=mio, kind="down", now=NOW)
    assert not services.unreact(post=post, user=mio, kind="down", now=NOW)
    post = Post.objects.select_related("topic").get(pk=post.pk)
    assert (post.score, post.reactions, post.topic.reaction_count) == (0, {"same": 1}, 1)

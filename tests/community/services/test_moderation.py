"""Reports, decisions, undoing them, and that two moderators cannot act twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from community import services
from community.models import Flag, Topic
from portal.audit.models import AuditEntry
from portal.events.models import Event
from tests.community.things import a_question, an_answer
from tests.people import NOW


def test_a_report_hides_after_a_verdict_and_the_author_is_notified(
    aki: Any, mio: Any, mori: Any, ren: Any
) -> None:
    topic = a_question(aki)
    post = an_answer(topic, mio)
    services.flag_post(post=post, reporter=ren, reason="spam", now=NOW)
    services.flag_post(post=post, reporter=ren, reason="rude", now=NOW)
    assert Flag.objects.count() == 1
    act = services.hide_post(post=post, moderator=mori, reason="宣伝のため", now=NOW)
    topic.refresh_from_db()
    assert topic.answer_count == 0
    assert Event.objects.get(name="community.post.hidden").payload["reason"] == "宣伝のため"
    assert AuditEntry.objects.get(action="community.post.hide").reason == "宣伝のため"
    with pytest.raises(services.AlreadyDecided):
        services.hide_post(post=post, moderator=mori, reason="また", now=NOW)
    assert services.undo_act(act=act, moderator=mori, now=NOW)
    assert not services.undo_act(act=act, moderator=mori, now=NOW)
    topic.refresh_from_db()
    assert topic.answer_count == 1
    assert Flag.objects.get().state == "open"


def test_a_hidden_question_is_seen_by_its_author_and_moderators(
    aki: Any, mio: Any, mori: Any, sato: Any
) -> None:
    topic = a_question(aki)
    services.hide_post(post=topic.posts.get(), moderator=mori, reason="個人情報", now=NOW)
    seen = [Topic.objects.visible_to(person).exists() for person in (aki, mio, mori, sato)]
    assert seen == [True, False, True, False]
    assert not Topic.objects.listed_for(aki).exists()


def test_keeping_needs_an_open_report(aki: Any, mio: Any, mori: Any) -> None:
    post = a_question(aki).posts.get()
    with pytest.raises(services.AlreadyDecided):
        services.keep_post(post=post, moderator=mori, reason="", now=NOW)
    services.flag_post(post=post, reporter=mio, reason="wrong", now=NOW)
    services.keep_post(post=post, moderator=mori, reason="問題ありません", now=NOW)
    assert Flag.objects.get().state == "kept"


def test_the_second_moderator_sees_the_first(aki: Any, mio: Any, mori: Any, kato: Any) -> None:
    post = a_question(aki).posts.get()
    services.flag_post(post=post, reporter=mio, reason="other", now=NOW)
    assert services.claim_post(post=post, moderator=mori, now=NOW) == mori
    assert services.claim_post(post=post, moderator=kato, now=NOW) == mori
    assert services.claim_post(post=post, moderator=kato, now=NOW + timedelta(minutes=31)) == kato

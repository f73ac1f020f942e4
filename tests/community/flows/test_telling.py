"""Who is notified of what: nobody of their own actions, nobody of what they may not read."""

from __future__ import annotations

from typing import Any

from community import services
from community.models import Tag
from portal.engagement.selectors import current_value
from portal.notifications.models import Notification
from portal.search.models import SearchDocument
from portal.search.services import index_batch
from tests.community.things import a_question, an_answer, an_article
from tests.people import NOW


def notified() -> list[tuple[str, str]]:
    rows = Notification.objects.select_related("user").order_by("pk")
    return sorted((row.user.email.split("@")[0], row.kind) for row in rows)


def test_the_asker_the_answerer_and_the_followers_are_notified(
    aki: Any, mio: Any, ren: Any, dispatched: Any
) -> None:
    topic = a_question(aki)
    services.follow_topic(user=ren, topic=topic, now=NOW)
    answer = an_answer(topic, mio)
    dispatched()
    assert notified() == [("aki", "answer"), ("ren", "followed")]
    services.accept_answer(post=answer, actor=aki, now=NOW)
    dispatched()
    assert ("mio", "accepted") in notified()
    assert current_value(mio, NOW) > current_value(aki, NOW) > 0


def test_a_hidden_post_is_explained_to_its_author(
    aki: Any, mio: Any, mori: Any, ren: Any, dispatched: Any
) -> None:
    answer = an_answer(a_question(aki), mio)
    services.flag_post(post=answer, reporter=ren, reason="spam", now=NOW)
    services.hide_post(post=answer, moderator=mori, reason="宣伝のため", now=NOW)
    dispatched()
    assert ("mori", "flag") in notified()
    assert ("mio", "hidden") in notified()


def test_a_tag_notifies_only_those_who_may_read(
    aki: Any, ren: Any, mio: Any, dispatched: Any
) -> None:

    first = a_question(aki, tags=["SSO"])
    dispatched()
    for person in (ren, mio):
        services.follow_tag(user=person, tag=Tag.objects.get(slug=first.tags[0]), now=NOW)
    a_question(aki, tags=["SSO"], visibility="organization")
    dispatched()
    assert notified() == [("ren", "tag")]


def test_what_is_written_is_found_and_what_is_gone_is_not(
    aki: Any, mio: Any, sato: Any, dispatched: Any
) -> None:
    topic = a_question(aki)
    answer = an_answer(topic, mio, body="まとめて承認のボタンがあります")
    an_article(sato)
    dispatched()
    index_batch()
    kinds = dict(SearchDocument.objects.values_list("kind", "object_id"))
    assert set(kinds) >= {"question", "article"}
    services.delete_post(post=answer, actor=mio, now=NOW)
    services.delete_post(post=topic.posts.get(number=1), actor=aki, now=NOW)
    dispatched()
    index_batch()
    assert not SearchDocument.objects.filter(kind="question").exists()


def test_an_unfollowed_question_does_not_notify_its_asker(
    aki: Any, mio: Any, dispatched: Any
) -> None:
    topic = a_question(aki)
    services.unfollow_topic(user=aki, topic=topic)
    an_answer(topic, mio)
    dispatched()
    assert not Notification.objects.filter(user=aki).exists()

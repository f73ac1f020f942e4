"""Permission matrix of topics: state × person × action, each on a fresh topic of aki's."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from community import services
from community.models import Post, Topic
from tests.community.things import a_question, an_answer
from tests.people import NOW

PEOPLE = ("", "aki", "ren", "mio", "sato", "mori")
READERS = {
    "public": {"", "aki", "ren", "mio", "sato", "mori"},
    "members": {"aki", "ren", "mio", "sato", "mori"},
    "organization": {"aki", "ren", "sato", "mori"},
    "staff": {"sato", "mori"},
    "hidden": {"aki", "mori"},
    "deleted": set(),
    "locked": {"", "aki", "ren", "mio", "sato", "mori"},
}
WRITERS = READERS | {"public": READERS["members"], "locked": {"mori"}, "hidden": {"mori"}}


def topic_in(state: str, world: Any) -> Topic:
    author = world.person("sato" if state == "staff" else "aki")
    visibility = state if state in ("members", "organization", "staff") else "public"
    topic = a_question(author, visibility=visibility, title=f"状態 {state}")
    if state == "hidden":
        services.hide_post(
            post=topic.posts.get(), moderator=world.person("mori"), reason="個人情報", now=NOW
        )
    if state == "deleted":
        services.delete_post(post=topic.posts.get(), actor=author, now=NOW)
    if state == "locked":
        services.lock_topic(topic=topic, moderator=world.person("mori"), now=NOW)
    return topic


@pytest.mark.parametrize("state", READERS)
@pytest.mark.parametrize("who", PEOPLE)
def test_reading(world: Any, as_: Any, state: str, who: str) -> None:
    topic = topic_in(state, world)
    browser = as_(world.person(who)) if who else as_()
    allowed = who in READERS[state]
    post = Post.objects.get(topic=topic, number=1)
    page = browser.get(topic.get_absolute_url())
    assert (page.status_code == 200) == allowed, page.status_code
    sees_history = who in ("mori", "kato", "sato" if state == "staff" else "aki")
    assert browser.get(reverse("community:history", args=[post.pk])).status_code == (
        302 if not who else 404 if not allowed else 200 if sees_history else 403
    )
    assert browser.get(reverse("community:post", args=[post.pk])).status_code == (
        302 if allowed else 410 if state == "deleted" else 404
    )
    listed = topic.title in browser.get("/questions/").content.decode()
    assert listed == (allowed and state != "hidden")
    assert topic.title not in as_().get("/sitemap.xml").content.decode()
    if not allowed:
        assert topic.title not in page.content.decode()


@pytest.mark.parametrize("state", READERS)
@pytest.mark.parametrize("who", PEOPLE)
def test_writing(world: Any, as_: Any, state: str, who: str) -> None:
    topic = topic_in(state, world)
    browser = as_(world.person(who)) if who else as_()
    before = Post.objects.filter(topic=topic).count()
    browser.post(f"/questions/{topic.pk}/answers/", {"body": "書きます"})
    assert (Post.objects.filter(topic=topic).count() > before) == (
        bool(who) and who in WRITERS[state]
    )
    post = Post.objects.get(topic=topic, number=1)
    browser.post(reverse("community:react", args=[post.pk, "up"]), {"on": "1"})
    readable = bool(who) and who in READERS[state] and state != "hidden"
    assert post.marks.exists() == (readable and who != ("sato" if state == "staff" else "aki"))
    browser.post(
        reverse("community:edit", args=[post.pk]), {"title": "奪った題", "body": "奪った本文"}
    )
    topic.refresh_from_db()
    may_edit = state != "deleted" and (
        who == "mori" or (who == "aki" and state in ("public", "members", "organization"))
    )
    may_edit = may_edit or (who == "sato" and state == "staff")
    assert (topic.title == "奪った題") == may_edit


@pytest.mark.parametrize("who", ["ren", "mio", "sato", "mori", "aki"])
def test_accepting_is_the_asker_s_or_the_staff_s(world: Any, as_: Any, who: str) -> None:
    answer = an_answer(a_question(world.person("aki")), world.person("mio"))
    as_(world.person(who)).post(reverse("community:accept", args=[answer.pk]))
    assert Topic.objects.get().is_solved == (who in ("aki", "sato", "mori"))


def test_rights_lost_meanwhile_bite_at_the_next_request(world: Any, as_: Any) -> None:
    topic = a_question(world.person("aki"), visibility="organization")
    browser = as_(world.person("ren"))
    assert browser.get(topic.get_absolute_url()).status_code == 200
    world.person("ren").memberships.update(ended_at=NOW)
    assert browser.get(topic.get_absolute_url()).status_code == 404

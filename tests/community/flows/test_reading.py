"""Lists, unread counts, drafts, and the query budget of each page."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import services
from community.models import Draft, ReadState, Topic
from portal.core import time
from portal.events.models import Event
from portal.notifications.selectors import unread_count
from portal.notifications.services import notify
from tests.community.things import a_discussion, a_question, a_space, an_answer
from tests.pages import squeezed
from tests.people import NOW


@pytest.fixture
def many(aki: Any, mio: Any) -> list[Topic]:
    topics = [a_question(aki, title=f"質問 {n}", now=NOW + timedelta(minutes=n)) for n in range(45)]
    for topic in topics[-10:]:
        an_answer(topic, mio, now=topic.created_at)
    return topics


def titles(page: Any) -> list[str]:

    return re.findall(r'<a class="t" href="[^"]+">([^<]+)</a>', squeezed(page.content.decode()))


def test_a_list_pages_by_key_in_both_directions(as_: Any, many: list[Topic]) -> None:

    browser, url, seen = as_(), "/questions/", []
    for _ in range(3):
        page = browser.get(url)
        seen += titles(page)
        found = re.search(r'rel="next" href="([^"]+)"', squeezed(page.content.decode()))
        url = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"質問 {n}" for n in range(44, -1, -1)]
    assert url == ""


def test_tabs_spaces_and_tags_are_in_the_address(as_: Any, aki: Any, mio: Any) -> None:
    solved = a_question(aki, title="解決した質問", tags=["SSO"])
    services.accept_answer(post=an_answer(solved, mio), actor=aki, now=NOW)
    a_question(aki, title="未回答の質問", space=a_space(slug="other", name_ja="その他"), tags=[])
    an_answer(a_question(aki, title="未解決の質問", tags=[]), mio)
    browser = as_()
    expected = {
        "?tab=solved": ["解決した質問"],
        "?tab=unanswered": ["未回答の質問"],
        "?tab=unsolved": ["未回答の質問", "未解決の質問"],
        "?space=other": ["未回答の質問"],
        "?tag=sso": ["解決した質問"],
        "?tag=SSO": ["解決した質問"],
    }
    for query, rows in expected.items():
        assert sorted(titles(browser.get(f"/questions/{query}"))) == sorted(rows), query


def test_an_empty_list_says_why(as_: Any, aki: Any) -> None:
    assert "まだ質問がありません" in as_().get("/questions/").content.decode()
    a_question(aki)
    assert "この条件に合うものはありません" in as_().get("/questions/?tab=solved").content.decode()


def test_what_is_new_is_said_in_words_until_it_was_on_the_screen(
    as_: Any, aki: Any, mio: Any
) -> None:
    now = time.now()
    topic, browser = a_question(aki, now=now), as_(mio)
    services.mark_read(user=mio, topic=topic, number=1, now=now)
    assert "新着" not in browser.get("/questions/").content.decode()
    an_answer(topic, aki, now=now)
    listed = browser.get("/questions/").content.decode()
    assert "新着 1" in listed
    assert f'<a class="t" href="{topic.get_absolute_url()}#unread"' in listed
    assert "ここから未読" in browser.get(topic.get_absolute_url()).content.decode()
    browser.post(reverse("community:read", args=[topic.pk]), {"number": "99"})
    assert ReadState.objects.get(user=mio).last_read_number == 2
    assert "ここから未読" not in browser.get(topic.get_absolute_url()).content.decode()


def test_all_read_can_be_taken_back(as_: Any, aki: Any, mio: Any) -> None:
    topic, browser = a_question(aki, now=time.now()), as_(mio)
    type(mio).objects.filter(pk=mio.pk).update(date_joined=NOW - timedelta(days=3))
    assert "data-unread" in browser.get("/questions/").content.decode()
    page = browser.post("/questions/read/", follow=True).content.decode()
    assert "data-unread" not in page
    assert reverse("community:unread_again") in page
    browser.post(reverse("community:unread_again"))
    assert not ReadState.objects.filter(user=mio, topic=topic).exists()


def test_drafts_survive(as_: Any, aki: Any, mio: Any) -> None:
    browser = as_(aki)
    sent = {"key": "topic:question", "data": json.dumps({"title": "途中の題", "body": "まだ"})}
    assert browser.post("/drafts/", sent).json()["saved_at"]
    assert browser.post("/drafts/", {"key": "x", "data": "nonsense"}).status_code == 400
    assert (
        browser.get("/drafts/", {"key": "topic:question"}).json()["draft"]["data"]["title"]
        == "途中の題"
    )
    assert "途中の題" in browser.get("/drafts/").content.decode()
    draft = Draft.objects.get()
    assert as_(mio).post(reverse("community:discard_draft", args=[draft.pk])).status_code == 404
    page = browser.post(
        reverse("community:discard_draft", args=[draft.pk]), follow=True
    ).content.decode()
    assert "下書きはありません" in page
    browser.post(reverse("community:restore_draft", args=[draft.pk]))
    assert "途中の題" in browser.get("/drafts/").content.decode()
    emptied = {"key": "topic:question", "data": "{}"}
    assert browser.post("/drafts/", emptied).json()["undo"] == reverse(
        "community:restore_draft", args=[draft.pk]
    )
    assert browser.get("/drafts/", {"key": "topic:question"}).json() == {"draft": None}
    browser.post(reverse("community:restore_draft", args=[draft.pk]))
    space = a_space()
    browser.post(
        "/questions/ask/",
        {"title": "送った題", "body": "本文", "space": space.pk, "visibility": "public"},
    )
    assert not Draft.objects.exists()


def test_following_is_one_press(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    url = reverse("community:follow", args=[topic.pk])
    page = as_(mio).post(url, {"on": "1"}, headers={"hx-request": "true"}).content.decode()
    assert 'aria-pressed="true"' in page
    assert as_(mio).post(url, {"on": "0"})["Location"] == topic.get_absolute_url()


@pytest.mark.parametrize(("who", "limit"), [("", 4), ("mio", 7)])
def test_a_list_is_cheap(as_: Any, many: list[Topic], world: Any, who: str, limit: int) -> None:
    browser = as_(world.person(who)) if who else as_()
    browser.get("/questions/")  # spaces, tags and rows are kept from here on
    with CaptureQueriesContext(connection) as queries:
        response = browser.get("/questions/")
    assert len(titles(response)) == 20
    assert len(response.content) <= 30_000
    assert len(queries) <= limit, [row["sql"][:90] for row in queries]


@pytest.mark.parametrize(("who", "limit"), [("", 6), ("mio", 10)])
def test_a_topic_is_cheap(
    as_: Any, aki: Any, mio: Any, ren: Any, world: Any, who: str, limit: int
) -> None:
    topic = a_question(aki)
    for n in range(20):
        services.post_comment(
            parent=an_answer(topic, mio, body=f"答え {n}"), author=ren, body="なるほど", now=NOW
        )
    a_question(aki)
    browser = as_(world.person(who)) if who else as_()
    browser.get(topic.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(topic.get_absolute_url())
    assert response.content.decode().count("<article") == 21
    assert len(queries) <= limit, [row["sql"][:90] for row in queries]


def test_a_reply_is_cheap(as_: Any, aki: Any, mio: Any) -> None:
    topic, browser = a_discussion(aki), as_(mio)
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        response = browser.post(f"/discussions/{topic.pk}/answers/", {"body": "うちは5日です。"})
    assert response["Location"].endswith("#p2")
    assert len(queries) <= 14, [row["sql"][:90] for row in queries]


def test_a_long_topic_has_pages_and_permalinks_find_them(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    posts = [an_answer(topic, mio, body=f"答え {n}") for n in range(110)]
    browser = as_()
    page = browser.get(topic.get_absolute_url()).content.decode()
    assert squeezed(page).count('<article class="post"') == 21
    assert "?from=22#answers" in page
    target = browser.get(reverse("community:post", args=[posts[75].pk]))["Location"]
    assert target == f"/questions/{topic.pk}/?from=62#p77"
    assert 'id="p77"' in browser.get(target.split("#")[0]).content.decode()


def test_a_tag_is_followed_and_let_go(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki, tags=["SSO"])
    browser = as_(mio)
    assert "このタグをフォロー" in browser.get("/questions/?tag=sso").content.decode()
    browser.post("/tags/sso/follow/")
    browser.post(f"/topics/{topic.pk}/follow/")
    assert "このタグをフォロー中" in browser.get("/questions/?tag=sso").content.decode()
    page = browser.get("/following/").content.decode()
    assert topic.title in page
    assert "/tags/sso/follow/" in page
    for address in ("/tags/sso/follow/", f"/topics/{topic.pk}/follow/"):
        assert (
            browser.post(address, {"on": "0", "next": "/following/"})["Location"] == "/following/"
        )
    assert "まだ何もフォローしていません" in browser.get("/following/").content.decode()


def test_what_was_seen_is_no_longer_new(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    an_answer(topic, mio)
    an_answer(topic, mio, body="もう一つ。")
    for event in Event.objects.filter(name="community.answer.posted"):
        notify(event)
    browser = as_(aki)
    browser.post(f"/topics/{topic.pk}/read/", {"number": "2"})
    assert unread_count(aki) == 1
    browser.post(f"/topics/{topic.pk}/read/", {"number": "3"})
    assert unread_count(aki) == 0


def test_taking_a_deletion_back_leaves_the_question_solved(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    answer = an_answer(topic, mio)
    services.accept_answer(post=answer, actor=aki, now=NOW)
    browser = as_(mio)
    browser.post(f"/posts/{answer.pk}/delete/")
    assert Topic.objects.get(pk=topic.pk).accepted_post_id is None
    browser.post(f"/posts/{answer.pk}/restore/")
    again = Topic.objects.get(pk=topic.pk)
    assert (again.accepted_post_id, again.accepted_by_id, again.accepted_at) == (
        answer.pk,
        aki.pk,
        NOW,
    )

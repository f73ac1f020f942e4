"""Whom a mention reaches, whom it does not, and that texts follow a changed name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from community import services
from community.models import Post
from community.rules.mentions import name_key
from community.selectors.people import NameKey
from community.services.rendering import render_outdated
from community.tasks import render_outdated as task
from portal.accounts.models import User
from portal.accounts.services import change_profile, create_user, erase_user
from portal.core.text import markdown
from portal.events.dispatch import run_pending
from portal.events.models import Event
from tests.community.things import a_question, an_answer
from tests.people import NOW

pytestmark = pytest.mark.django_db


def told(topic: Any, author: Any, body: str) -> list[int]:
    services.post_answer(topic=topic, author=author, body=body, now=NOW)
    event = Event.objects.filter(name="community.answer.posted").latest("pk")
    ids: list[int] = event.payload["mentioned_ids"]
    return ids


def somebody(name: str, **fields: Any) -> User:
    number = User.objects.count()
    return create_user(email=f"p{number}@x.example", display_name=name, now=NOW, **fields)


@pytest.mark.parametrize(
    "written",
    [
        "@佐藤誠さん、",
        "@佐藤誠様、",
        "＠佐藤誠 さん",
        "@佐藤 誠 さん",
        "@佐藤　誠 さん",
        "@佐藤誠さんへ。",
        "こんにちは@佐藤\u00a0誠",
    ],
)
def test_every_way_to_write_a_name_reaches_the_person(aki: Any, sato: Any, written: str) -> None:
    assert told(a_question(aki), aki, written) == [sato.pk]


@pytest.mark.parametrize("name", ["ジョン・スミス", "O’Brien", "Anne-Marie du Pont", "ﾔﾏﾀﾞ ﾀﾛｳ"])
def test_the_database_reads_names_as_we_do(aki: Any, name: str) -> None:
    person = somebody(name)
    assert User.objects.annotate(key=NameKey("display_name")).get(pk=person.pk).key == name_key(
        name
    )
    assert told(a_question(aki), aki, f"@{name} さん") == [person.pk]


@pytest.mark.parametrize(
    "written",
    [
        "`@佐藤誠`",
        "> @佐藤誠",
        "[@佐藤誠](https://a.example)",
        "```\n@佐藤誠\n```",
        "a@佐藤誠",
        "@佐藤誠一さん",
    ],
)
def test_code_quotes_links_and_other_names_reach_nobody(aki: Any, sato: Any, written: str) -> None:
    assert told(a_question(aki), aki, written) == []


def test_a_name_of_four_people_reaches_nobody_and_the_writer_is_asked(aki: Any) -> None:
    people = [somebody("山田 太郎") for _ in range(4)]
    topic = a_question(aki)
    post = services.post_answer(topic=topic, author=aki, body="@山田太郎さん", now=NOW)
    assert post.unclear_mentions == ("山田太郎",)
    assert Event.objects.get(name="community.answer.posted").payload["mentioned_ids"] == []
    assert "mention" not in post.html
    chosen = f"@[山田 太郎]({people[2].public_id})さん"
    assert told(topic, aki, chosen) == [people[2].pk]


def test_only_who_may_read_is_meant(aki: Any, ren: Any, daniel: Any) -> None:
    outside = somebody(ren.display_name, organization=daniel.organization)
    topic = a_question(aki, visibility="organization")
    assert told(topic, aki, "@蓮田蓮さん") == [ren.pk]
    assert told(topic, aki, f"@[蓮田 蓮]({outside.public_id})") == []


def test_the_page_says_who_is_to_be_chosen(as_: Any, aki: Any) -> None:
    for _ in range(2):
        somebody("山田 太郎")
    topic = a_question(aki)
    preview = as_(aki).post("/posts/preview/", {"body": "@山田太郎さん"}).content.decode()
    assert "山田太郎" in preview.split("</p>")[0]
    page = as_(aki).post(
        f"{topic.get_absolute_url()}answers/", {"body": "@山田太郎さん"}, follow=True
    )
    assert "「@」の後に開く一覧から" in page.content.decode()


def test_texts_follow_a_name(aki: Any, mio: Any) -> None:
    post = an_answer(a_question(aki), aki, body=f"@[水島 澪]({mio.public_id})さん")
    before = post.topic.version
    change_profile(user=mio, changes={"display_name": "水島 みお"}, now=NOW + timedelta(1))
    run_pending()
    assert task() == 1
    post.refresh_from_db()
    assert f'href="/members/{mio.public_id}/"' in post.html
    assert "@水島 みお</a>さん" in post.html
    assert type(post.topic).objects.get(pk=post.topic_id).version > before


def test_an_erased_person_is_named_nowhere(aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    body = f"@[水島 澪]({mio.public_id})さん"
    post = an_answer(topic, aki, body=body)
    services.edit_post(post=post, editor=aki, body=f"{body}追記", now=NOW)
    services.save_draft(user=aki, key="answer:1", data={"body": body}, now=NOW)
    erase_user(user=mio, now=NOW)
    render_outdated()
    with connection.cursor() as cursor:
        for table, column in (
            ("community_post", "html"),
            ("community_post", "markdown"),
            ("community_postrevision", "markdown"),
            ("community_draft", "data::text"),
        ):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} LIKE '%%水島%%'")
            assert cursor.fetchone() == (0,), table


def test_a_text_of_an_earlier_renderer_is_rendered_anew(aki: Any) -> None:
    topic = a_question(aki, body="10~20名")
    Post.objects.filter(topic=topic).update(html="<p>10<del>20</del></p>", html_version=1)
    assert render_outdated() == 1
    post = Post.objects.get(topic=topic)
    assert (post.html, post.html_version) == ("<p>10~20名</p>", markdown.VERSION)
    assert render_outdated() == 0

"""Pages cached for anonymous users are never stale, and never somebody else's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community import services
from community.models import Space
from portal.accounts.models import Organization, User
from portal.core.web import page_cache
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    page_cache.pages.clear()
    yield
    page_cache.pages.clear()


def page(url: str, **cookies: str) -> str:
    client = Client(headers={"accept-language": "ja"})
    client.cookies.load(cookies)
    return client.get(url).content.decode()


def statements(url: str) -> int:
    """The fewest of several tries: other test processes write into the same cluster, which is a
    change too.
    """
    found = []
    for _ in range(30):
        with CaptureQueriesContext(connection) as queries:
            page(url)
        found.append(len(queries))
    return min(found)


def test_a_second_anonymous_visitor_gets_the_page_for_one_query(world: World) -> None:
    topic = a_question(world.person("aki"))
    for url in ("/questions/", topic.get_absolute_url()):
        first = page(url)
        assert statements(url) == 1
        assert page(url) == first


def test_every_write_shows_at_once(world: World) -> None:
    aki, mio, mori = (world.person(name) for name in ("aki", "mio", "mori"))
    topic = a_question(aki)
    url = topic.get_absolute_url()
    assert "まとめて承認したい" in page("/questions/")
    assert "一括承認できます" not in page(url)
    answer = an_answer(topic, mio, now=NOW + timedelta(minutes=1))
    assert "一括承認できます" in page(url)
    services.accept_answer(post=answer, actor=aki, now=NOW + timedelta(minutes=2))
    assert "accepted" in page(url)
    User.objects.filter(pk=mio.pk).update(display_name="桜井 澪")
    assert "桜井 澪" in page(url)
    services.hide_post(post=answer, moderator=mori, reason="広告", now=NOW + timedelta(minutes=3))
    assert "一括承認できます" not in page(url)
    services.delete_post(
        post=topic.posts.get(number=1), actor=mori, reason="重複", now=NOW + timedelta(minutes=4)
    )
    assert "まとめて承認したい" not in page("/questions/")
    assert Client().get(url).status_code == 410


def test_a_renamed_space_company_or_person_shows_at_once(world: World) -> None:
    """As another process writes it; the spaces this process remembers follow the rows."""
    topic = a_question(world.person("aki"))
    for url in ("/questions/", topic.get_absolute_url(), "/questions/?space=billing"):
        Space.objects.update(name_ja="請求")
        Organization.objects.filter(pk=topic.author_organization_id).update(name="アクメ精機")
        User.objects.filter(pk=topic.author_id).update(display_name="秋山 秋")
        first = page(url)
        assert ("請求</a>" in first, "アクメ精機" in first, "秋山 秋" in first) == (True,) * 3
        Space.objects.update(name_ja="新しい名の場所")
        Organization.objects.filter(pk=topic.author_organization_id).update(name="新アクメ")
        User.objects.filter(pk=topic.author_id).update(display_name="春山 春")
        second = page(url)
        assert not [words for words in ("請求</a>", "アクメ精機", "秋山 秋") if words in second]
        assert "新しい名の場所" in second
        assert "新アクメ" in second
        assert "春山 春" in second


def test_threads_get_their_own_addresses_page(world: World) -> None:
    """Anonymous readers of several pages at once, with writes in between."""
    topics = [a_question(world.person("aki"), title=f"質問その{n}") for n in range(4)]

    def read(number: int) -> bool:
        topic = topics[number % 4]
        try:
            if number % 10 == 9:
                User.objects.filter(pk=topic.author_id).update(bio=f"{number}")
            html = page(f"{topic.get_absolute_url()}?x={number % 3}")
        finally:
            connection.close()
        return f"<title>質問その{number % 4} " in html and f"%3Fx%3D{number % 3}" in html

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(80)))


def test_language_and_theme_have_pages_of_their_own(world: World) -> None:
    url = a_question(world.person("aki")).get_absolute_url()
    assert 'lang="ja"' in page(url)
    assert '<html lang="en"' in page(url, hz_language="en")
    assert 'data-theme="dark"' in page(url, hz_theme="dark")
    assert 'data-theme="system"' in page(url)


def test_members_never_meet_a_kept_page(world: World) -> None:
    url = a_question(world.person("aki"), visibility="members").get_absolute_url()
    member = Client()
    member.force_login(world.person("mio"), backend="django.contrib.auth.backends.ModelBackend")
    assert member.get(url).status_code == 200
    assert Client().get(url).status_code == 404
    public = a_question(world.person("aki"), title="誰でも読める質問").get_absolute_url()
    page(public)
    assert "data-signed-in" in member.get(public).content.decode()
    assert "data-signed-in" not in page(public)


def test_an_unknown_cookie_is_not_served_what_is_kept(world: World) -> None:
    url = a_question(world.person("aki")).get_absolute_url()
    page(url)
    with CaptureQueriesContext(connection) as queries:
        page(url, hz_ref="aki7")
    assert len(queries) > 1

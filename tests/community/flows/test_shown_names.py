"""A page shows what is true now, whatever this process has rendered before.

Each change is written as another process writes it: nothing here is told to forget anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from community import services
from community.models import Post, Space, Topic
from portal.accounts.models import Organization, User
from portal.accounts.services import set_picture
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.pictures import a_picture
from tests.world import World

pytestmark = pytest.mark.django_db

Change = Callable[[World], object]


def _rename_space(world: World) -> None:
    Space.objects.filter(slug="billing").update(name_ja="新しい名の場所")


def _rename_space_as_administrator(world: World) -> None:
    services.change_space(
        space=Space.objects.get(slug="billing"),
        name_ja="新しい名の場所",
        name_en="Billing",
        position=0,
        actor=world.person("kato"),
        now=NOW,
    )


def _another_address(world: World) -> None:
    Space.objects.filter(slug="billing").update(slug="new-address")


def _rename_company(world: World) -> None:
    Organization.objects.filter(name="アクメ精機").update(name="新アクメ")


def _rename_person(world: World) -> None:
    User.objects.filter(pk=world.person("aki").pk).update(display_name="春山 春")


def _move_topic(world: World) -> None:
    other = Space.objects.create(slug="other", name_ja="別の場所", name_en="Other")
    Topic.objects.update(space=other)


def _retitle(world: World) -> None:
    Topic.objects.update(title="別の題です")


def _close_off(world: World) -> None:
    Topic.objects.update(visibility="members")


def _erase_author(world: World) -> None:
    Topic.objects.update(author=None)
    Post.objects.update(author=None)


def _hide_company(world: World) -> None:
    User.objects.filter(pk=world.person("aki").pk).update(company_visible=False)


def _staff_mark(world: World) -> None:
    Post.objects.filter(number=1).update(by_staff=True)


def _rewrite_text(world: World) -> None:
    Post.objects.filter(number=1).update(html="<p>書き直しました。</p>")


def _picture(world: World) -> None:
    set_picture(user=world.person("aki"), file=a_picture())


LIST, TOPIC, HOME = "/questions/", "topic", "/"
ALL = (LIST, TOPIC, HOME)
CHANGES: list[tuple[Change, tuple[str, ...], str, str]] = [
    # what changes, where it shows, what was there, what is there
    (_rename_space, ALL, "請求</a>", "新しい名の場所"),
    (_rename_space_as_administrator, ALL, "請求</a>", "新しい名の場所"),
    (_another_address, ALL, "space=billing", "space=new-address"),
    (_rename_company, ALL, "アクメ精機", "新アクメ"),
    (_rename_person, ALL, "秋山 秋", "春山 春"),
    (_move_topic, ALL, 'space=billing">請求</a>', "別の場所"),
    (_retitle, ALL, "請求書をまとめて", "別の題です"),
    (_close_off, ALL, "", "#lock"),
    (_erase_author, ALL, "秋山 秋", "退会したメンバー"),
    (_hide_company, ALL, "アクメ精機", "秋山 秋"),
    (_staff_mark, (TOPIC,), "アクメ精機", 'class="org">サポートチーム'),
    (_rewrite_text, (TOPIC,), "月末に", "書き直しました。"),
    (_picture, (TOPIC,), "data-t=", '<img class="av'),
]


@pytest.mark.parametrize(
    ("change", "places", "before", "after"), CHANGES, ids=[row[0].__name__ for row in CHANGES]
)
def test_a_change_shows_in_what_was_rendered_before(
    world: World, as_: Any, change: Change, places: tuple[str, ...], before: str, after: str
) -> None:
    topic = a_question(world.person("aki"))
    reader = as_(world.person("sato"))
    pages = [topic.get_absolute_url() if place == TOPIC else place for place in places]

    def shown(url: str) -> str:
        html = reader.get(url).content.decode()
        return html[html.index("<main") : html.index("</main>")]

    for url in pages:
        assert before in shown(url), url
        assert after not in shown(url) or change is _hide_company, url
    change(world)
    for url in pages:
        assert after in shown(url), url
        assert not before or before not in shown(url), url


def test_a_renamed_space_is_renamed_in_every_row_and_in_the_filter(world: World, as_: Any) -> None:
    """The rows of an older page were the ones that kept the old name."""
    Space.objects.create(slug="other", name_ja="別の場所", name_en="Other")
    for n in range(3):
        a_question(world.person("aki"), title=f"質問 {n}", now=NOW + timedelta(minutes=n))
    reader = as_(world.person("mio"))
    assert "請求</a>" in reader.get(LIST).content.decode()
    _rename_space(world)
    html = reader.get(LIST).content.decode()
    assert "請求</a>" not in html
    assert html.count("新しい名の場所</a>") == 4  # three rows and the filter


def test_counts_and_states_show_at_once(world: World, as_: Any) -> None:
    aki, mio = world.person("aki"), world.person("mio")
    topic = a_question(aki)
    reader = as_(mio)
    assert "<b>0</b>" in reader.get(LIST).content.decode()
    answer = an_answer(topic, mio, now=NOW + timedelta(minutes=1))
    assert "<b>1</b>" in reader.get(LIST).content.decode()
    services.accept_answer(post=answer, actor=aki, now=NOW + timedelta(minutes=2))
    assert 'class="st ok"' in reader.get(LIST).content.decode()


def test_the_company_that_runs_the_community_can_be_renamed(as_: Any) -> None:
    with override_settings(HAZUMI_COMPANY_NAME="旧社名"):
        assert ">旧社名</span>" in as_().get(LIST).content.decode()
    with override_settings(HAZUMI_COMPANY_NAME="新社名"):
        html = as_().get(LIST).content.decode()
    assert ">新社名</span>" in html
    assert "旧社名" not in html


def test_own_name_and_unread_count_are_never_another_ones(
    world: World, as_: Any, aki: User, mio: User
) -> None:
    a_question(aki)
    first = as_(aki).get(LIST).content.decode()
    second = as_(mio).get(LIST).content.decode()
    assert aki.email in first
    assert aki.email not in second
    assert mio.email in second


MARKS = ("@@email@@", "@@csrf@@", "@@unread@@", "@@name@@", "@@picture@@", "@@me@@", "@@here@@")


@pytest.mark.parametrize("mark", MARKS)
def test_no_word_stands_for_what_belongs_to_the_reader(
    world: World, as_: Any, aki: User, mio: User, mark: str
) -> None:
    """In an address, a search, a title, a text, a tag, or a name."""
    User.objects.filter(pk=aki.pk).update(display_name=f"秋 {mark}")
    aki.refresh_from_db()
    topic = a_question(aki, title=f"題 {mark}", body=f"本文 {mark}", tags=["印"])
    an_answer(topic, aki, body=f"回答 {mark}")
    for user in (mio, aki, None):
        client = as_(user)
        for url in (
            f"{LIST}?x={mark}",
            f"{LIST}?tag={mark}",
            f"{topic.get_absolute_url()}?x={mark}",
            f"/search/?q={mark}",
            "/",
        ):
            for _ in range(2):
                html = client.get(url).content.decode()
                place = html[html.index('name="next"') :]
                next_value = place[: place.index(">")]
                if mark in url:
                    assert mark in next_value or "%40%40" in next_value, url
                if user is not None:
                    assert html.count(user.email) == 1, url
        assert html.count(mark) >= 1
    page = as_(mio).get(topic.get_absolute_url()).content.decode()
    for words in (f"題 {mark}", f"本文 {mark}", f"回答 {mark}", f"秋 {mark}"):
        assert words in page

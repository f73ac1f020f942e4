"""Mention completion offers people the reader can know of, nobody else."""

from __future__ import annotations

from typing import Any

from tests.community.things import a_question, an_answer


def offered(browser: Any, begun: str) -> list[str]:
    return [person["name"] for person in browser.get("/people/", {"q": begun}).json()["people"]]


def test_colleagues_staff_and_writers_are_offered(
    as_: Any, aki: Any, ren: Any, mio: Any, sato: Any, daniel: Any
) -> None:
    browser = as_(aki)
    assert offered(browser, "蓮") == ["蓮田 蓮さん"]
    assert offered(browser, "佐藤 誠") == ["佐藤 誠さん"]
    assert offered(browser, "水") == []
    topic = a_question(aki)
    an_answer(topic, mio)
    assert offered(browser, "水島澪さん") == ["水島 澪さん"]
    assert offered(browser, "秋") == []  # nobody mentions themselves
    an_answer(topic, daniel)
    assert offered(browser, "ｄａｎ") == ["Daniel Reed"]
    assert offered(browser, "") == []


def test_who_wrote_only_where_the_reader_cannot_look_is_not_offered(
    as_: Any, aki: Any, mio: Any, daniel: Any
) -> None:
    a_question(mio, visibility="organization")
    assert offered(as_(daniel), "水島") == []


def test_a_hidden_company_is_not_shown(as_: Any, aki: Any, mio: Any) -> None:
    an_answer(a_question(aki), mio)
    type(mio).objects.filter(pk=mio.pk).update(company_visible=False)
    assert as_(aki).get("/people/", {"q": "水島"}).json()["people"][0]["company"] == ""


def test_a_search_finds_people_for_members_alone(as_: Any, aki: Any, ren: Any) -> None:
    address = f"/members/{ren.public_id}/"
    assert address in as_(aki).get("/search/?q=蓮田").content.decode()
    assert address not in as_(aki).get("/search/?q=蓮田&kind=article").content.decode()
    assert address not in as_().get("/search/?q=蓮田").content.decode()


def test_the_list_of_notifications_has_a_tab_for_mentions(as_: Any, aki: Any) -> None:
    page = as_(aki).get("/notifications/?show=mentions").content.decode()
    assert "メンション" in page
    assert as_(aki).get("/notifications/count/").json() == {"unread": 0}

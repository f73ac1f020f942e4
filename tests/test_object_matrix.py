"""The permission matrix by object state: public, members', another company's, staff's, hidden,
deleted, locked × role.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from community import services
from community.models import Topic
from portal.events import dispatch
from tests import people
from tests.community.things import a_question, an_answer
from tests.world import World

ROLES = (
    "anonymous",
    "aki",
    "ren",
    "mio",
    "sato",
    "mori",
    "kato",
)  # aki writes; ren is a colleague
CANARY = "カナリア鳴動"

# state -> what each role gets at the question's page
EXPECTED: dict[str, dict[str, int]] = {
    "public": dict.fromkeys(ROLES, 200),
    "members": dict.fromkeys(ROLES, 200) | {"anonymous": 404},
    "organization": dict.fromkeys(ROLES, 200) | {"anonymous": 404, "mio": 404},
    "hidden": {
        "anonymous": 404,
        "aki": 200,
        "ren": 404,
        "mio": 404,
        "sato": 404,
        "mori": 200,
        "kato": 200,
    },
    "deleted": dict.fromkeys(ROLES, 410),
    "locked": dict.fromkeys(ROLES, 200),
    "deleted of a company": dict.fromkeys(ROLES, 410) | {"anonymous": 404, "mio": 404},
}


def question_in(state: str, world: World) -> Topic:
    """Make aki's question in a state."""
    aki, mori = world.person("aki"), world.person("mori")
    visibility = {
        "members": "members",
        "organization": "organization",
        "deleted of a company": "organization",
    }
    topic = a_question(aki, title=f"{CANARY}の件", visibility=visibility.get(state, "public"))
    if state == "hidden":
        services.hide_post(
            post=topic.posts.get(number=1), moderator=mori, reason="広告", now=people.NOW
        )
    if state.startswith("deleted"):
        services.delete_post(post=topic.posts.get(number=1), actor=aki, now=people.NOW)
    if state == "locked":
        services.lock_topic(topic=topic, moderator=mori, now=people.NOW, reason="済み")
    topic.refresh_from_db()
    return topic


def browser(world: World, role: str) -> Client:
    client = Client(headers={"accept-language": "ja", "user-agent": "Mozilla/5.0 Firefox/140"})
    if role != "anonymous":
        people.sign_in(client, world.person(role))
    return client


def each_role(world: World) -> Iterator[tuple[str, Client]]:
    """Yield every role with its browser; what one role does is undone before the next."""
    for role in ROLES:
        client = browser(world, role)
        before = transaction.savepoint()
        yield role, client
        transaction.savepoint_rollback(before)


@pytest.mark.parametrize("state", sorted(EXPECTED))
def test_reading_a_question(world: World, state: str) -> None:
    topic = question_in(state, world)
    for role, client in each_role(world):
        response = client.get(f"/questions/{topic.pk}/")
        assert response.status_code == EXPECTED[state][role], (state, role)
        if response.status_code != 200:
            assert CANARY not in response.content.decode()


@pytest.mark.parametrize("state", sorted(EXPECTED))
def test_no_list_no_search_and_no_feed_gives_it_away(world: World, state: str) -> None:
    topic = question_in(state, world)
    dispatch.run_pending(now=people.NOW)
    for role, client in each_role(world):
        listed = EXPECTED[state][role] == 200 and state != "hidden"
        for path in ("/questions/", f"/search/?q={CANARY}", "/"):
            page = client.get(path)
            assert page.status_code == 200
            if not listed:
                assert topic.title not in page.content.decode(), (path, state, role)
        if state not in ("public", "locked"):
            assert f"/questions/{topic.pk}/" not in client.get("/sitemap.xml").content.decode(), (
                state,
                role,
            )


@pytest.mark.parametrize("state", sorted(EXPECTED))
def test_answering(world: World, state: str) -> None:
    topic = question_in(state, world)
    before = topic.posts.count()
    for role, client in each_role(world):
        answer: Any = client.post(
            f"/questions/{topic.pk}/answers/", {"body": "こうすれば直ります。"}
        )
        allowed = EXPECTED[state][role] == 200 and role != "anonymous"
        if state in ("hidden", "locked"):
            allowed = role in ("mori", "kato")
        if allowed:
            assert answer.status_code == 302, (state, role)
            assert topic.posts.count() == before + 1
            continue
        assert answer.status_code in (302, 403, 404, 410, 422), (state, role)
        if answer.status_code == 302:
            assert "/accounts/login/" in answer["Location"]
        assert topic.posts.count() == before, (state, role)


def test_accepting_is_the_askers_and_the_staffs(world: World) -> None:
    topic = a_question(world.person("aki"))
    answer = an_answer(topic, world.person("mio"))
    for role, client in each_role(world):
        client.post(f"/posts/{answer.pk}/accept/")
        topic.refresh_from_db()
        assert (topic.accepted_post_id == answer.pk) is (role in ("aki", "sato", "mori", "kato")), (
            role
        )

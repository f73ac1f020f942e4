"""Gone is gone everywhere: a word of what was hidden, deleted or closed is nowhere for whoever may
not read it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from community import services
from community.models import Topic, Visibility
from portal.accounts import privacy
from portal.api import scopes
from portal.api.services import create_key
from portal.delivery.models import Delivery
from portal.events import dispatch
from portal.flywheel.models import Turn
from portal.notifications.models import Notification
from portal.search.services import index_batch
from tests import people
from tests.community.things import a_question, an_answer
from tests.policy import POLICY
from tests.test_permission_matrix import client_of, may
from tests.world import World

WORD, INSIDE = "カナリア鳴動", "籠中鳴動"


def hide(topic: Topic, world: World) -> None:
    services.hide_post(
        post=topic.posts.get(number=1),
        moderator=world.person("mori"),
        reason="個人情報",
        now=people.NOW,
    )


def delete(topic: Topic, world: World) -> None:
    services.delete_post(post=topic.posts.get(number=1), actor=world.person("mori"), now=people.NOW)


def close(topic: Topic, world: World) -> None:
    """Keep it within its author's company from now on."""
    Topic.objects.filter(pk=topic.pk).update(
        visibility=Visibility.ORGANIZATION, organization=world.companies.acme
    )


WAYS: dict[str, tuple[Callable[[Topic, World], None], frozenset[str]]] = {
    "hidden": (hide, frozenset({"aki", "mori", "kato"})),
    "deleted": (delete, frozenset()),
    "closed": (close, frozenset({"aki", "ren", "sato", "mori", "kato"})),
}
# Where moderators look at what is gone, and where somebody reads what is their own.
THEIR_OWN = ("community:drafts", "accounts:export")


def told_question(world: World) -> Topic:
    """aki asks, ren and mio follow, sato answers; everything that follows from it is written."""
    aki, mio = world.person("aki"), world.person("mio")
    topic = a_question(aki, title=f"{WORD}の件", body=f"{INSIDE}について教えてください。")
    for reader in (mio, world.person("ren")):
        services.follow_topic(user=reader, topic=topic, now=people.NOW)
    an_answer(topic, mio)
    answer = an_answer(topic, world.person("sato"))
    services.accept_answer(post=answer, actor=aki, now=people.NOW)
    dispatch.run_pending(now=people.NOW)
    index_batch()
    return topic


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("who", ["anonymous", "mio", "ren", "sato", "mori"])
def test_no_page_names_it(world: World, way: str, who: str) -> None:
    act, readers = WAYS[way]
    topic = told_question(world)
    assert Turn.objects.filter(title__contains=WORD).exists()
    assert Notification.objects.filter(user=world.person("mio"), title__contains=WORD).exists()
    act(topic, world)
    dispatch.run_pending(now=people.NOW)
    index_batch()
    if who in readers:
        return
    client = client_of(world, who)
    extra = [
        f"/questions/{topic.pk}/",
        f"/search/?q={WORD}",
        f"/posts/{topic.posts.get(number=1).pk}/",
        f"/posts/{topic.posts.get(number=1).pk}/history/",
        *(f"/staff/analytics/flywheel/rows/?metric={name}" for name in ("answered", "peer")),
    ]
    seen = {
        name: reverse(name, args=line.args(world))
        for name, line in POLICY.items()
        if line.reads and may(line, who) and name not in THEIR_OWN
    }
    seen |= {
        f"rows {name}": f"{reverse('flywheel:rows')}?metric={name}"
        for name in ("momentum", "answered", "first_answer", "peer", "recorded", "told_rate")
    }
    turn = Turn.objects.filter(title__contains=WORD).first()  # none: its voice fell
    if turn is not None:
        seen["turn"] = reverse("flywheel:turn", args=[turn.public_id])
    seen |= {address: address for address in extra}
    for name, url in seen.items():
        page = b"".join(client.get(url)).decode(errors="replace").replace(f"q={WORD}", "")
        page = page.replace(f'value="{WORD}"', "")
        at = page.find(WORD) if WORD in page else page.find(INSIDE)
        if name.startswith("/search/"):
            assert topic.get_absolute_url() not in page, name
            continue
        assert at < 0, (way, who, name, page[max(0, at - 300) : at + 40])


@pytest.mark.parametrize("way", sorted(WAYS))
def test_no_key_hands_it_on(world: World, way: str) -> None:
    topic = told_question(world)
    kato = world.person("kato")
    _, key = create_key(
        name="k", scopes=[name for name, _ in scopes.choices()], actor=kato, now=people.NOW
    )
    client = Client(headers={"authorization": f"Bearer {key}"})
    paths = ("topics/", f"topics/{topic.pk}/posts/", "events/", "articles/", "stories/")
    before = "".join(client.get(f"/api/v1/{path}").content.decode() for path in paths)
    assert WORD in before
    assert INSIDE in before
    WAYS[way][0](topic, world)
    if way == "closed":
        return  # kato may read it
    for path in paths:
        answer = json.dumps(client.get(f"/api/v1/{path}").json(), ensure_ascii=False)
        assert WORD not in answer, path
        assert INSIDE not in answer, path


def test_no_key_hands_on_a_hidden_answer(world: World) -> None:
    topic = a_question(world.person("aki"))
    answer = an_answer(topic, world.person("mio"), body=f"{INSIDE}です。")
    services.hide_post(post=answer, moderator=world.person("mori"), reason="宣伝", now=people.NOW)
    _, key = create_key(
        name="k", scopes=["topics:read"], actor=world.person("kato"), now=people.NOW
    )
    client = Client(headers={"authorization": f"Bearer {key}"})
    found = client.get(f"/api/v1/topics/{topic.pk}/posts/")
    assert found.status_code == 200
    assert INSIDE not in found.content.decode()


@pytest.mark.parametrize("way", sorted(WAYS))
def test_no_mail_and_no_export_of_others_names_it(world: World, way: str) -> None:
    topic = told_question(world)
    assert world.destination_id  # hears everything of the community
    last = Delivery.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    WAYS[way][0](topic, world)
    mail.outbox.clear()
    dispatch.run_pending(now=people.NOW)
    exported = json.dumps(privacy.export(world.person("mio")), ensure_ascii=False, default=str)
    assert INSIDE not in exported
    assert not any(WORD in f"{sent.subject}{sent.body}" for sent in mail.outbox)
    sent = [
        json.dumps(row.body, ensure_ascii=False) for row in Delivery.objects.filter(pk__gt=last)
    ]
    if way != "closed":
        assert sent
        assert not any(WORD in body for body in sent)


def test_an_earlier_version_is_for_its_author_and_moderators(world: World, as_: Any) -> None:
    topic = a_question(world.person("aki"), body=f"鍵は {INSIDE} です。")
    post = topic.posts.get(number=1)
    services.edit_post(post=post, editor=world.person("aki"), body="鍵は伏せます。", now=people.NOW)
    url = reverse("community:history", args=[post.pk])
    for who, allowed in {"aki": True, "mori": True, "sato": False, "mio": False}.items():
        answer = client_of(world, who).get(url)
        assert (answer.status_code == 200) is allowed, who
        assert (INSIDE in answer.content.decode()) is allowed, who
    assert as_().get(url).status_code == 302
    assert url not in as_().get(topic.get_absolute_url()).content.decode()

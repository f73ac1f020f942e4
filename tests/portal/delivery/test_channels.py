"""A channel from a package of its own: registered, chosen by an administrator, and used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.urls import reverse

from portal.core.registry import AlreadyRegistered
from portal.delivery import channels, outbox, services
from portal.delivery.models import Delivery, Destination
from tests import people
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)

PAGER = """
from portal.delivery.channels import Channel, Message
from portal.delivery.channels.http_call import post_json
from portal.delivery.channels.message_text import lines


def send(message: Message):
    return post_json(message.url, {"pages": [line.title for line in lines(message.bodies, "")]})


CHANNEL = Channel(name="pager", label="ポケベル", send=send, is_chat=True)
"""


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """What README asks for: a module with a Channel, and one line in AppConfig.ready()."""
    folder = tmp_path / "pager_channel"
    folder.mkdir()
    (folder / "__init__.py").write_text(PAGER)
    monkeypatch.syspath_prepend(str(tmp_path))
    pager_channel = import_module("pager_channel")  # written by this test

    with channels.CHANNELS.temporarily():
        channels.register(pager_channel.CHANNEL)
        yield pager_channel
    del sys.modules["pager_channel"]


def test_an_administrator_adds_a_destination_and_a_delivery_leaves_by_it(
    pager: ModuleType, receiver: Receiver, kato: Any, as_: Any
) -> None:
    client = as_(kato)
    assert "ポケベル" in client.get(reverse("delivery:add")).content.decode()
    answer = client.post(
        reverse("delivery:add"),
        {"kind": "pager", "name": "当番", "url": f"http://{receiver.host}/page", "team": ""},
    )
    place = Destination.objects.get(kind="pager")
    assert answer.url == reverse("delivery:destination", args=[place.public_id])
    assert place.secret == "", "only a signed channel has a secret"
    assert "ポケベル" in client.get(answer.url).content.decode()
    assert "ポケベル" in client.get(reverse("delivery:destinations")).content.decode()
    for number in range(7):
        services.enqueue(
            destination=place, subject_key=f"k{number}", body={"title": "至急"}, now=people.NOW
        )
    outbox.deliver_due(clock=lambda: people.NOW)
    (page,) = [body for _, body in receiver.got if "至急".encode() in body or b"u81f3" in body]
    assert page.decode().count("至急") == 7, "a chat gets many as one message"
    assert set(place.deliveries.values_list("state", flat=True)) == {Delivery.State.DELIVERED}


def test_a_channel_that_was_taken_out_leaves_its_deliveries_waiting_with_the_reason(
    receiver: Receiver, kato: Any, as_: Any
) -> None:
    place = Destination.objects.create(
        kind="gone", name="昔", url=f"http://{receiver.host}/", created_at=people.NOW
    )
    row = services.enqueue(destination=place, subject_key="k", body={}, now=people.NOW)
    outbox.deliver_due(clock=lambda: people.NOW)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("waiting", "no channel 'gone' is installed")
    assert not place.is_chat
    pages = [reverse("delivery:destination", args=[place.public_id])]
    pages.append(reverse("delivery:destinations"))
    for page in pages:
        assert as_(kato).get(page).status_code == 200


def test_names_are_short_and_taken_once(pager: ModuleType) -> None:
    with pytest.raises(AlreadyRegistered):
        channels.register(pager.CHANNEL)
    for bad in ("", "Pager", "x" * 31, "pa ger"):
        with pytest.raises(ValueError, match="short lower-case"):
            channels.register(channels.Channel(name=bad, label="x", send=pager.send))


def test_mail_is_no_destination_to_add(kato: Any, as_: Any) -> None:
    assert [name for name, _ in channels.choices()] == ["webhook", "slack", "teams"]
    data = {"kind": "email", "name": "x", "url": "https://x.example/", "team": ""}
    answer = as_(kato).post(reverse("delivery:add"), data)
    assert answer.status_code == 422
    assert not Destination.objects.exists()

"""The administrators' pages: validation, the secret shown once, the audit trail, event fan-out."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal import events
from portal.audit.models import AuditEntry
from portal.delivery.events import DestinationFailed
from portal.delivery.models import Delivery, Destination
from tests import people

pytestmark = pytest.mark.django_db


def test_a_webhook_is_added_and_its_secret_shown_once(as_: Any, kato: Any) -> None:
    client = as_(kato)
    data = {
        "kind": "webhook",
        "name": "CRM",
        "url": "https://8.8.8.8/hook",
        "event_names": ["community.topic.posted"],
    }
    data["event_names"] = ["delivery.destination.failed"]
    page = client.post(reverse("delivery:add"), data).content.decode()
    assert "whsec_" in page
    made = Destination.objects.get()
    log = client.get(reverse("delivery:destination", args=[made.public_id])).content.decode()
    assert "whsec_" not in log
    assert AuditEntry.objects.filter(action="delivery.destination.add").count() == 1
    assert "whsec_" not in str(AuditEntry.objects.get().after)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/", "ftp://8.8.8.8/", "not a url"]
)
def test_inner_addresses_are_refused_at_the_form(as_: Any, kato: Any, url: str) -> None:
    answer = as_(kato).post(reverse("delivery:add"), {"kind": "slack", "name": "x", "url": url})
    assert answer.status_code == 422
    assert not Destination.objects.exists()


def test_every_act_is_audited(as_: Any, kato: Any, world: Any) -> None:
    client = as_(kato)
    public_id = world.destination_id
    for name in ("test", "switch", "switch", "rotate", "replay", "delete"):
        assert client.post(reverse(f"delivery:{name}", args=[public_id])).status_code in (
            200,
            302,
        ), name
    acts = set(AuditEntry.objects.values_list("action", flat=True))
    wanted = {"add", "test", "switch_on", "switch_off", "rotate_secret", "replay", "delete"}
    assert {f"delivery.destination.{name}" for name in wanted} <= acts


def test_a_fact_goes_once_to_every_place_that_listens(
    world: Any, dispatched: Any, kato: Any
) -> None:
    public_id = world.destination_id
    place = Destination.objects.get(public_id=public_id)
    Destination.objects.filter(pk=place.pk).update(events=["delivery.destination.*"])
    fact = events.publish(
        DestinationFailed(title="題", url="/x/", reason="r"),
        subject="delivery.destination:1",
        now=people.NOW,
    )
    dispatched()
    dispatched()
    row = Delivery.objects.get(event_name="delivery.destination.failed")
    assert row.body["data"]["title"] == "題"
    assert row.body["sequence"] == fact.pk
    assert row.body["id"] == str(fact.public_id)

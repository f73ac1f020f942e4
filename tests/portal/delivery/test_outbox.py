"""The outbox with real threads, a real receiver and every kind of failure."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook

from portal.core.db.redis import connection as redis_connection
from portal.delivery import channels, outbox, services
from portal.delivery.channels import Message, email, slack, teams
from portal.delivery.channels.message_text import line
from portal.delivery.models import Attempt, Delivery, Destination
from portal.delivery.retry import Answer
from portal.events.models import Event
from tests import people
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
NOW = people.NOW


@pytest.fixture
def place(receiver: Receiver, kato: Any) -> Destination:
    made, secret = services.add_destination(
        kind="webhook",
        name="CRM",
        url=f"http://{receiver.host}/hook",
        event_names=["*"],
        actor=kato,
        now=NOW,
    )
    Delivery.objects.all().delete()
    vars(made)["shown"] = secret
    return made


def put(place: Destination, key: str = "k", **body: Any) -> Delivery:
    return services.enqueue(
        destination=place, subject_key=key, body=body or {"title": "件名"}, now=NOW
    )


def deliver(at: timedelta = timedelta()) -> int:
    return outbox.deliver_due(clock=lambda: NOW + at)


def test_a_delivery_arrives_signed_and_verifiable(place: Destination, receiver: Receiver) -> None:
    row = put(place, title="請求書")
    assert not connection.in_atomic_block
    assert deliver() == 1
    headers, body = receiver.got[0]
    assert headers["webhook-id"] == str(row.public_id)
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signature = headers["webhook-signature"]
    assert signature == Webhook(vars(place)["shown"]).sign(str(row.public_id), NOW, body.decode())
    assert json.loads(body) == {"title": "請求書"}
    row.refresh_from_db()
    assert (row.state, row.attempt_count) == ("delivered", 1)
    assert row.attempts.get().status == 200


def test_the_same_key_is_sent_once_for_ever(place: Destination, receiver: Receiver) -> None:
    first, second = put(place), put(place)
    assert first.pk == second.pk
    deliver()
    put(place)
    deliver()
    assert len(receiver.got) == 1


def test_it_is_tried_on_the_schedule_and_then_kept_as_dead(
    place: Destination, receiver: Receiver
) -> None:
    receiver.statuses = [500] * 20
    row = put(place)
    moment = NOW
    for n in range(1, 11):
        Destination.objects.update(open_until=None, failing_since=None)
        outbox.deliver_due(clock=lambda moment=moment: moment)
        row.refresh_from_db()
        assert row.attempt_count == n
        moment = row.next_at
    assert (row.state, row.reason) == ("dead", "HTTP 500")
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert ids == {str(row.public_id)}, "the id never changes"


def test_retry_after_is_obeyed(place: Destination, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [429], {"Retry-After": "3600"}
    row = put(place)
    deliver()
    row.refresh_from_db()
    assert row.next_at == NOW + timedelta(hours=1)


def test_gone_switches_the_place_off(place: Destination, receiver: Receiver) -> None:
    receiver.statuses = [410]
    put(place)
    waiting = put(place, "later")
    Delivery.objects.filter(pk=waiting.pk).update(next_at=NOW + timedelta(minutes=1))
    deliver()
    place.refresh_from_db()
    assert place.disabled_at is not None
    deliver(timedelta(minutes=2))
    assert len(receiver.got) == 1


def test_the_breaker_opens_and_costs_no_tries(place: Destination, receiver: Receiver) -> None:
    receiver.statuses = [503] * 6
    rows = [put(place, f"k{n}") for n in range(8)]
    for row in rows[:5]:
        outbox.acknowledge(row, Answer(status=503), now=NOW)
        outbox.note_health(place.pk, Answer(status=503), now=NOW)
    assert deliver() == 0, "open: nothing leaves"
    Delivery.objects.update(next_at=NOW)
    assert deliver(timedelta(minutes=6)) == 1, "half-open: one probe"
    assert Delivery.objects.filter(attempt_count=0).count() >= 2
    receiver.statuses = []
    assert deliver(timedelta(minutes=12)) >= 1
    Delivery.objects.update(next_at=NOW)
    deliver(timedelta(minutes=13))
    assert not Delivery.objects.filter(state="waiting").exists()


def test_five_days_of_failures_switch_it_off_with_a_warning_half_way(
    place: Destination, dispatched: Any
) -> None:

    for days in (0, 1, 3, 4):
        outbox.note_health(place.pk, Answer(status=500), now=NOW + timedelta(days=days))
    assert Event.objects.filter(name="delivery.destination.failed").count() == 1
    outbox.note_health(place.pk, Answer(status=500), now=NOW + timedelta(days=5))
    place.refresh_from_db()
    assert place.disabled_at is not None


def test_a_dead_worker_s_rows_come_back_after_the_lease(
    place: Destination, receiver: Receiver
) -> None:
    put(place)
    assert len(outbox.claim(now=NOW)) == 1
    assert outbox.claim(now=NOW) == []
    assert deliver(outbox.LEASE) == 1
    assert len(receiver.got) == 1


def test_two_workers_never_send_the_same_row(place: Destination, receiver: Receiver) -> None:
    for n in range(60):
        put(place, f"k{n}")
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        try:
            deliver()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(ids) == len(set(ids)) == 60


def test_no_transaction_is_open_while_calling(
    place: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def send(message: Message) -> Answer:
        seen.append(connection.in_atomic_block)
        return Answer(status=200)

    monkeypatch.setattr(channels, "send", send)
    put(place)
    deliver()
    assert seen == [False]


def test_a_fault_in_a_channel_holds_up_nobody(
    place: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(message: Message) -> Answer:
        if message.body["title"] == "bad":
            raise RuntimeError("broken channel")
        return Answer(status=200)

    monkeypatch.setattr(channels, "send", send)
    put(place, "bad", title="bad")
    put(place, "good", title="good")
    deliver()
    assert dict(Delivery.objects.values_list("key", "state")) == {
        "bad": "waiting",
        "good": "delivered",
    }
    assert Attempt.objects.filter(error__contains="broken channel").exists()


def test_rotation_signs_with_both_secrets_for_a_day(
    place: Destination, receiver: Receiver, kato: Any
) -> None:
    old = vars(place)["shown"]
    new = services.rotate_secret(destination=place, actor=kato, now=NOW)
    Delivery.objects.all().delete()
    put(place)
    deliver()
    headers, body = receiver.got[0]
    signatures = headers["webhook-signature"].split()
    expected = [
        Webhook(secret).sign(headers["webhook-id"], NOW, body.decode()) for secret in (new, old)
    ]
    assert signatures == expected
    put(place, "tomorrow")
    deliver(timedelta(hours=25))
    assert len(receiver.got[1][0]["webhook-signature"].split()) == 1
    assert "whsec_" not in Destination.objects.get().secret


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_a_chat_gets_one_message_a_second_and_a_flood_becomes_one(
    kind: str, receiver: Receiver, kato: Any
) -> None:
    chat, _ = services.add_destination(
        kind=kind,
        name="#support",
        url=f"http://{receiver.host}/chat",
        event_names=[],
        actor=kato,
        now=NOW,
    )
    put(chat, "a", title="<!channel> 題", url="/signals/1/", text="本文", facts={"期限": "今日"})
    put(chat, "b", title="もう一つ")
    deliver()
    assert len(receiver.got) == 1
    assert kind == "teams" or b"<!channel>" not in receiver.got[0][1]
    redis_connection().flushdb()
    for n in range(7):
        put(chat, f"flood{n}", title=f"題{n}")
    Delivery.objects.update(next_at=NOW)
    deliver(timedelta(seconds=5))
    assert len(receiver.got) == 2
    assert not Delivery.objects.filter(state="waiting").exists()
    assert "題6" in json.dumps(json.loads(receiver.got[1][1]), ensure_ascii=False)


def test_chat_payloads_have_the_shape_their_receivers_want() -> None:
    message = Message(
        "slack", "1", {"title": "題", "url": "/x/", "text": "文", "facts": {"a": "b"}}, NOW
    )
    said = slack.payload(message)
    assert said["blocks"][0]["text"]["text"].startswith("*<http")
    card = teams.payload(message)["attachments"][0]["content"]
    assert card["type"] == "AdaptiveCard"
    assert card["body"][0]["text"].startswith("[題](http")


def test_replaying_keeps_the_id(place: Destination, receiver: Receiver, kato: Any) -> None:
    receiver.statuses = [400, 400, 400]
    row = put(place)
    for n in range(3):
        deliver(timedelta(hours=n))
    row.refresh_from_db()
    assert row.state == "dead"
    assert services.replay(destination=place, actor=kato, now=NOW + timedelta(days=1)) == 1
    deliver(timedelta(days=1))
    row.refresh_from_db()
    assert (row.state, row.attempt_count) == ("delivered", 4)
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {str(row.public_id)}
    delivered = services.replay(
        destination=place, actor=kato, now=NOW, since=NOW - timedelta(days=1), delivered_too=True
    )
    assert delivered == Delivery.objects.count()


def test_mail_goes_once_to_a_person_and_is_tried_again(aki: Any) -> None:
    sent: list[Any] = []

    def sender(user_id: int, mail_id: str, body: dict[str, Any]) -> None:
        sent.append((user_id, mail_id, body))
        if len(sent) == 1:
            raise ConnectionRefusedError("mail server")

    for _ in range(2):
        row = services.enqueue_mail(
            user_id=aki.pk, key="notification:1", body={"kind": "answer"}, now=NOW
        )
    with email.senders.temporarily({"mail": sender}):
        deliver()
        deliver(timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == "delivered"
    assert [entry[0] for entry in sent] == [aki.pk, aki.pk]
    assert sent[0][1] == sent[1][1] == str(row.public_id)


def test_old_attempts_are_forgotten(place: Destination) -> None:
    row = put(place)
    outbox.acknowledge(row, Answer(status=500), now=NOW)
    assert outbox.forget_old_attempts(now=NOW + timedelta(days=91)) == 1
    assert not Attempt.objects.exists()


def test_a_chat_reads_what_happened_when_a_fact_has_no_text_of_its_own() -> None:
    envelope = {
        "type": "community.answer.accepted",
        "data": {"title": "締め日を変えたい", "url": "/questions/1/"},
    }
    told = line(envelope, "https://x.example")
    assert (told.title, told.text) == ("締め日を変えたい", "community.answer.accepted")
    assert line({"title": "件名", "url": "/"}, "").text == ""
    assert line(envelope | {"data": {"title": "a", "text": "b"}}, "").text == "b"


def test_a_delivery_is_sent_again_once_and_keeps_the_lease_of_who_has_it(
    place: Destination,
) -> None:
    row = put(place)
    Delivery.objects.filter(pk=row.pk).update(state="dead", reason="HTTP 500", finished_at=NOW)
    seen = [Delivery.objects.get(pk=row.pk) for _ in range(8)]
    woken: list[bool] = []
    gate = threading.Barrier(len(seen))

    def wake(delivery: Delivery) -> None:
        try:
            gate.wait()
            woken.append(services.send_again(delivery=delivery, now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=wake, args=(delivery,)) for delivery in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(woken) == [False] * 7 + [True]
    assert {delivery.state for delivery in seen} == {"waiting"}
    [taken] = outbox.claim(now=NOW)
    late = Delivery.objects.get(pk=row.pk)
    late.state = Delivery.State.DEAD  # as somebody read it before it was woken
    assert not services.send_again(delivery=late, now=NOW)
    assert Delivery.objects.get(pk=row.pk).lease == taken.lease

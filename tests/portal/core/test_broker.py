"""The broker connection: what Celery sees when the broker is gone while a task is still held."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, cast

import pytest
from kombu import Connection, Exchange, Queue

from portal.celery import app
from portal.core.jobs.broker import Transport


@pytest.fixture
def queue() -> Iterator[Queue]:
    """A queue of its own, gone afterwards."""
    name = f"test-{uuid.uuid4().hex}"
    yield Queue(name, Exchange(name), routing_key=name)
    with app.connection_for_write() as connection:
        Queue(name, channel=connection.default_channel).delete()


def held_message(connection: Connection, queue: Queue) -> object:
    """Send a message and take it without acknowledging it, as a worker does with a running task."""
    with connection.Producer() as producer:
        producer.publish(
            {}, exchange=queue.exchange, routing_key=queue.routing_key, declare=[queue]
        )
    message = queue(connection.default_channel).get(no_ack=False)
    assert message is not None
    return message


def test_our_transport_serves_redis_addresses() -> None:
    with app.connection_for_read() as connection:
        assert isinstance(connection.transport, Transport)


def test_a_held_task_whose_connection_is_given_up_fails_with_what_celery_recovers_from(
    queue: Queue,
) -> None:
    connection = app.connection_for_read()
    recoverable = connection.recoverable_connection_errors
    message = held_message(connection, queue)
    vars(connection.default_channel)["_pool"] = (
        None  # as after the broker's death: nothing left to reach it by
    )
    connection.transport.client = None
    with pytest.raises(recoverable):
        cast(Any, message).ack()  # kombu's messages have it
    connection.close()  # ended the worker before: its own look for the address of what is gone


def test_a_held_task_is_put_back_when_the_broker_is_there(queue: Queue) -> None:
    connection = app.connection_for_read()
    held_message(connection, queue)
    connection.close()
    with app.connection_for_read() as again:
        assert queue(again.default_channel).get(no_ack=True) is not None

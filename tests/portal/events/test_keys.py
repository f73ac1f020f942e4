"""An event with a key exists once, however many writers race."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from portal import events
from portal.accounts.events import MemberLeft
from portal.events.models import Event
from tests import people


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_of_one_key_make_one_fact() -> None:
    barrier, seen = Barrier(16), set()

    def write() -> None:
        try:
            barrier.wait(timeout=10)
            with transaction.atomic():
                event = events.publish(
                    MemberLeft(title="", url="/", user_id=1),
                    subject="accounts.user:1",
                    now=people.NOW,
                    key="left:1",
                )
                seen.add(event.pk)
        finally:
            connection.close()

    threads = [Thread(target=write) for _ in range(16)]
    [thread.start() for thread in threads]
    [thread.join(timeout=30) for thread in threads]
    assert Event.objects.filter(key="left:1").count() == 1
    assert len(seen) == 1

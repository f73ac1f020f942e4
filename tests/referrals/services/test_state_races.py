"""Who comes second looks at the state again under the row's lock: nothing is written over."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from referrals.models import InboundMessage, ReferenceRequest, Referral
from referrals.rules import state_machine
from referrals.services import reference_calls
from referrals.services.intake import webhooks
from referrals.services.introductions import introductions
from referrals.services.state import transitions
from referrals.services.state.transitions import NotAllowed
from tests.people import NOW, make_companies, make_person
from tests.referrals.made import make_program
from tests.referrals.senders import invoice, make_source, packed


def waiting_behind_us(thread: Thread) -> bool:
    """Wait until another connection waits for a lock of ours; False when `thread` ended instead."""
    pause = Event()
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return True
        pause.wait(0.01)
    return False


def second(act: Callable[[], Any]) -> tuple[Thread, list[Any]]:
    """Let a thread act on a connection of its own; what it returned or raised is in the list."""
    ended: list[Any] = []

    def run() -> None:
        try:
            ended.append(act())
        except Exception as error:  # noqa: BLE001  the test looks at it
            ended.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, ended


def test_a_try_given_up_does_not_undo_what_another_one_did(committed: None) -> None:
    companies = make_companies()
    source, _ = make_source("stripe", make_program(), make_person("kato", companies))
    message = InboundMessage.objects.create(
        source=source, external_id="evt_1", body=packed(invoice()), received_at=NOW
    )
    with transaction.atomic():
        done = webhooks.process_message(message_id=message.pk, now=NOW)
        assert done.state == "processed"
        thread, ended = second(lambda: webhooks._failed(message.pk, NOW, again=False))
        assert waiting_behind_us(thread)
    thread.join()
    assert [row.state for row in ended] == ["processed"]
    message.refresh_from_db()
    assert (message.state, message.note, message.next_try_at) == ("processed", "", None)


def test_a_message_that_was_done_is_not_read_again(committed: None) -> None:
    companies = make_companies()
    source, _ = make_source("stripe", make_program(), make_person("kato", companies))
    message = InboundMessage.objects.create(
        source=source, external_id="evt_1", body=packed(invoice()), received_at=NOW
    )
    first = webhooks.process_message(message_id=message.pk, now=NOW)
    again = webhooks.process_message(message_id=message.pk, now=NOW, again=True)
    assert (first.state, first.tries) == (again.state, again.tries) == ("processed", 1)


def test_no_call_is_asked_for_while_the_introduction_is_declined(committed: None) -> None:
    companies = make_companies()
    aki, tanaka = make_person("aki", companies), make_person("tanaka", companies)
    referral, _token = introductions.introduce_person(
        program=make_program(),
        referrer=aki,
        name="青木 恵",
        company="青葉製作所",
        email="ao@aoba.example",
        has_consent=True,
        now=NOW,
    )
    assert referral.state == "accepted"
    seen = Referral.objects.get(pk=referral.pk)
    with transaction.atomic():
        transitions.move(referral, to="declined", role=state_machine.PROSPECT, now=NOW)
        thread, ended = second(
            lambda: reference_calls.ask_for_call(
                referral=seen,
                actor=tanaka,
                agrees=True,
                now=NOW,
                company="青葉製作所",
                name="青木 恵",
                email="ao@aoba.example",
                topic="導入",
                times="平日",
            )
        )
        assert waiting_behind_us(thread)
    thread.join()
    [refused] = ended
    with pytest.raises(NotAllowed, match="declined"):
        raise refused
    assert not ReferenceRequest.objects.exists()

"""Customer updates: the receipt, the answer, and what "not yet" does."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User
from portal.core import time
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.teams import services
from portal.teams.models import Signal, Told
from portal.teams.services.customer_updates import NothingToTell
from tests.pages import squeezed
from tests.people import NOW
from tests.portal.teams.facts import raised
from tests.world import World

pytestmark = pytest.mark.django_db


def tell(aki: User, sato: User) -> tuple[Signal, Told]:
    signal = raised(aki)
    told = services.notify_customer(
        person=aki, text="次の版で直りました。", actor=sato, signal=signal, now=NOW
    )
    done = services.resolve_signal(
        signal=signal, actor=sato, outcome="helped", next_step="told", now=NOW
    )
    return done, told


def test_an_update_leaves_a_receipt_and_an_event(aki: User, sato: User) -> None:
    signal, told = tell(aki, sato)
    fact = Event.objects.get(name="teams.customer.told")
    assert fact.payload["about"] == signal.subject
    assert (fact.payload["person_id"], fact.actor_id) == (aki.pk, sato.pk)
    assert services.mark_read(told_ids=[told.pk], person=sato, now=NOW) == 0
    assert services.mark_read(told_ids=[told.pk], person=aki, now=NOW) == 1


def test_an_empty_update_is_refused(aki: User, sato: User) -> None:
    for person, text in ((aki, "  "), (None, "x")):
        with pytest.raises(NothingToTell):
            services.notify_customer(person=person, text=text, actor=sato, signal=None, now=NOW)


def test_an_answer_counts_once_and_only_the_customers(aki: User, ren: User, sato: User) -> None:
    _, told = tell(aki, sato)
    with pytest.raises(PermissionError):
        services.confirm_update(told=told, person=ren, answer="yes", now=NOW)
    assert services.confirm_update(told=told, person=aki, answer="yes", now=NOW)
    assert not services.confirm_update(told=told, person=aki, answer="no", now=NOW)
    assert Event.objects.filter(name="teams.customer.confirmed").count() == 1


def test_not_yet_puts_it_back_on_our_list(aki: User, sato: User) -> None:
    signal, told = tell(aki, sato)
    services.confirm_update(told=told, person=aki, answer="no", note="まだ出ます", now=NOW)
    signal.refresh_from_db()
    assert (signal.state, signal.claimed_by) == ("claimed", sato)
    assert "まだ出ます" in signal.changes.get(kind="reopened").note


def test_staff_see_the_customers_answer_on_today(aki: User, sato: User, as_: Any) -> None:
    """An update without a subject of its own has no title to open; the answer is shown all the
    same.
    """
    told = services.notify_customer(
        person=aki, text="直りました。", actor=sato, signal=None, now=time.now()
    )
    services.confirm_update(told=told, person=aki, answer="partly", now=time.now())
    page = as_(sato).get("/staff/").content.decode()
    assert '<span class="t">一部だけ</span>' in squeezed(page)
    assert "解決しましたか：一部だけ" in page


def test_the_customer_sees_it_on_the_home_page_and_answers_there(
    aki: User, mio: User, sato: User, as_: Any
) -> None:
    _, told = tell(aki, sato)
    page = as_(aki).get("/").content.decode()
    assert "次の版で直りました。" in page
    assert told.read_at is None  # GET writes nothing; the receipt comes when it is on screen
    assert as_(aki).post(f"/told/{told.public_id}/seen/").status_code == 204
    assert as_(mio).post(f"/told/{told.public_id}/answer/", {"answer": "yes"}).status_code == 404
    assert as_(aki).post(f"/told/{told.public_id}/answer/", {"answer": "maybe"}).status_code == 400
    as_(aki).post(f"/told/{told.public_id}/answer/", {"answer": "yes"})
    told.refresh_from_db()
    assert told.answer == "yes"
    assert told.read_at is not None
    assert "次の版で直りました。" not in as_(aki).get("/").content.decode()


def test_the_customer_and_the_owner_are_notified(aki: User, sato: User, dispatched: Any) -> None:
    tell(aki, sato)
    dispatched()
    kinds = set(Notification.objects.values_list("user_id", "kind"))
    assert (aki.pk, "told") in kinds
    assert any(kind == "signal_raised" for _, kind in kinds)


def test_the_question_itself_says_what_came_of_it(
    world: World, aki: User, mio: User, sato: User, as_: Any, client: Any
) -> None:
    about = f"community.topic:{world.question.pk}"
    told = services.notify_customer(
        person=aki,
        text="次の版で直りました。",
        actor=sato,
        now=NOW,
        subject=about,
        title="請求書",
        url="/",
    )
    page = world.question.get_absolute_url()
    assert "次の版で直りました。" in as_(aki).get(page).content.decode()
    assert "まだ読まれていません" in as_(sato).get(page).content.decode()
    for stranger in (as_(mio), client):  # a receipt is visible to the customer and to staff only
        assert "次の版で直りました。" not in stranger.get(page).content.decode()
    as_(aki).post(f"/told/{told.public_id}/answer/", {"answer": "partly", "next": page})
    assert "一部だけ" in as_(aki).get(page).content.decode()

"""Quiet hours: a mail is held until they end in the reader's time zone, and is not sent if it was
read by then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from community import services as community
from portal.accounts.models import User
from portal.delivery import outbox
from portal.notifications import services
from portal.notifications.models import QuietHours
from portal.notifications.quiet_hours import next_allowed_at
from tests.community.things import a_question, an_answer
from tests.pages import squeezed

TEN_IN_THE_EVENING = datetime.fromisoformat("2026-11-20T22:00:00+09:00")


@pytest.mark.parametrize(
    ("moment", "begins", "ends", "expected"),
    [
        ("2026-11-20T22:00+09:00", 21, 7, "2026-11-21T07:00+09:00"),
        ("2026-11-21T03:30+09:00", 21, 7, "2026-11-21T07:00+09:00"),
        ("2026-11-21T07:00+09:00", 21, 7, "2026-11-21T07:00+09:00"),
        ("2026-11-20T20:59+09:00", 21, 7, "2026-11-20T20:59+09:00"),
        ("2026-11-20T12:10+09:00", 12, 13, "2026-11-20T13:00+09:00"),
        ("2026-11-20T12:10+09:00", 9, 9, "2026-11-20T12:10+09:00"),
    ],
)
def test_a_mail_leaves_when_they_end(moment: str, begins: int, ends: int, expected: str) -> None:
    at = next_allowed_at(datetime.fromisoformat(moment), "Asia/Tokyo", begins, ends)
    assert at == datetime.fromisoformat(expected)


def test_an_unknown_zone_keeps_nothing_back() -> None:
    assert next_allowed_at(TEN_IN_THE_EVENING, "Nowhere/City", 0, 23) == TEN_IN_THE_EVENING


def answer_notification(aki: User, mio: User, dispatched: Any) -> Any:
    services.set_quiet_hours(user=aki, begins=21, ends=7)
    topic = a_question(aki, now=TEN_IN_THE_EVENING - timedelta(hours=1))
    an_answer(topic, mio, now=TEN_IN_THE_EVENING)
    dispatched()
    outbox.deliver_due(clock=lambda: TEN_IN_THE_EVENING + timedelta(hours=2))
    assert not mail.outbox
    return topic


@pytest.mark.django_db
def test_it_comes_in_the_morning(aki: User, mio: User, dispatched: Any) -> None:
    answer_notification(aki, mio, dispatched)
    outbox.deliver_due(clock=lambda: TEN_IN_THE_EVENING + timedelta(hours=9, minutes=1))
    assert [each.to for each in mail.outbox] == [[aki.email]]


@pytest.mark.django_db
def test_what_was_read_by_then_needs_no_mail(aki: User, mio: User, dispatched: Any) -> None:
    topic = answer_notification(aki, mio, dispatched)
    topic.refresh_from_db()
    community.mark_read(
        user=aki, topic=topic, number=2, now=TEN_IN_THE_EVENING + timedelta(hours=1)
    )
    outbox.deliver_due(clock=lambda: TEN_IN_THE_EVENING + timedelta(hours=10))
    assert not mail.outbox


@pytest.mark.django_db
def test_they_are_set_with_the_other_preferences(as_: Any, aki: User) -> None:
    browser, address = as_(aki), "/settings/notifications/"
    browser.post(address, {"quiet_begins": "21", "quiet_ends": "7"})
    assert (QuietHours.objects.get(user=aki).begins, QuietHours.objects.get(user=aki).ends) == (
        21,
        7,
    )
    page = browser.get(address).content.decode()
    assert '<option value="21" selected>21:00</option>' in squeezed(page)
    half = browser.post(
        address, {"quiet_begins": "21", "quiet_ends": "x"}, follow=True
    ).content.decode()
    assert "始まりと終わりの両方" in half
    assert QuietHours.objects.filter(user=aki).exists()
    browser.post(address, {"quiet_begins": "", "quiet_ends": ""})
    assert not QuietHours.objects.filter(user=aki).exists()

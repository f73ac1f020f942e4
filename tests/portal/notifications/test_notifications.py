"""Notifications: once, never of one's own actions, only what the user may see, in their language,
as often as they want.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import events
from portal.accounts import privacy
from portal.accounts.services import deactivate_user
from portal.delivery import outbox
from portal.delivery.models import Delivery
from portal.events import event_type
from portal.events import registry as event_registry
from portal.events.models import Event
from portal.notifications import digests, registry, selectors, services, unsubscribe_links
from portal.notifications.models import Notification, Preference
from portal.notifications.registry import Kind
from tests import people

pytestmark = pytest.mark.django_db
NOW = people.NOW


@pytest.fixture(autouse=True)
def kinds() -> Iterator[Any]:
    with event_registry._types.temporarily(), registry._kinds.temporarily({}):
        yield _book_lent()


def by_shelf(event: Event) -> str:
    return f"library.shelf:{event.payload['topic_id']}"


def _book_lent() -> Any:
    @event_type("library.book.lent")
    @dataclass(frozen=True)
    class BookLent(events.Payload):
        title: str
        url: str
        user_ids: list[int]
        topic_id: int = 0

    registry.register_kind(
        Kind(
            name="lent",
            label=_("Answers"),
            event="library.book.lent",
            recipients=lambda e: e.payload["user_ids"],
            text="%(actor)s → %(title)s",
            group=by_shelf,
            mail="now",
            order=10,
        )
    )
    registry.register_kind(
        Kind(
            name="general",
            label="general",
            event="library.book.lent",
            recipients=lambda e: e.payload["user_ids"],
            text="later %(title)s",
            group=by_shelf,
            mail="daily",
            order=20,
        )
    )
    return BookLent


def lend(
    kinds: Any,
    *to: Any,
    actor: Any = None,
    title: str = "請求書の本",
    now: datetime = NOW,
    topic: int = 1,
) -> Any:
    payload = kinds(title=title, url="/books/1/", user_ids=[user.pk for user in to], topic_id=topic)
    return events.publish(payload, actor=actor, subject="library.book:1", now=now)


def deliver(at: timedelta = timedelta()) -> None:
    outbox.deliver_due(clock=lambda: NOW + at)


def test_everybody_concerned_is_notified_once_and_the_actor_never(
    kinds: Any, dispatched: Any, aki: Any, mio: Any
) -> None:
    lend(kinds, aki, mio, actor=mio)
    dispatched()
    row = Notification.objects.get()
    assert (row.user_id, row.kind) == (aki.pk, "lent"), "the most telling kind only"
    assert selectors.told(row).sentence == "水島 澪 → 請求書の本"
    event = events.models.Event.objects.get(pk=row.event_id)
    assert services.notify(event) == 0, "a fact that is handled twice tells once"
    assert Delivery.objects.filter(user_id=aki.pk).count() == 1


def test_the_mail_is_in_the_reader_s_language_and_can_be_stopped(
    kinds: Any, dispatched: Any, daniel: Any, mio: Any
) -> None:
    lend(kinds, daniel, actor=mio)
    dispatched()
    deliver()
    deliver()
    message = mail.outbox[0]
    assert len(mail.outbox) == 1
    assert message.to == ["daniel@kestrel.example"]
    assert "Dear Daniel Reed" in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(Delivery.objects.get().public_id) in message.extra_headers["Message-ID"]
    assert isinstance(message, EmailMultiAlternatives)
    assert "<html" in str(message.alternatives[0][0])


def test_a_failing_mail_server_loses_nothing_and_doubles_nothing(
    kinds: Any, dispatched: Any, aki: Any, mio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = EmailMultiAlternatives.send
    failing = [True]

    def send(self: Any, fail_silently: bool = False) -> int:
        if failing.pop() if failing else False:
            raise ConnectionRefusedError
        return int(real(self, fail_silently))

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    lend(kinds, aki, actor=mio)
    dispatched()
    deliver()
    assert not mail.outbox
    deliver(timedelta(seconds=10))
    deliver(timedelta(minutes=10))
    assert len(mail.outbox) == 1


def test_rights_and_wishes_are_looked_at_again_before_a_mail_leaves(
    kinds: Any,
    dispatched: Any,
    aki: Any,
    ren: Any,
    mio: Any,
    kato: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lend(kinds, aki, ren, actor=mio)
    dispatched()
    services.set_preferences(user=aki, wishes={"lent": (True, "off")})
    deactivate_user(user=ren, actor=kato, now=NOW, reason="left")
    deliver()
    assert not mail.outbox
    assert set(Delivery.objects.values_list("state", flat=True)) == {"dead"}


def test_who_may_not_see_it_is_not_notified(
    kinds: Any, dispatched: Any, aki: Any, mio: Any
) -> None:
    secret = Kind(
        "secret",
        "s",
        "library.book.lent",
        lambda e: e.payload["user_ids"],
        "x",
        visible=lambda user, e: user == aki,
        order=1,
    )
    registry.register_kind(secret)
    lend(kinds, aki, mio)
    dispatched()
    assert list(Notification.objects.values_list("user_id", flat=True)) == [aki.pk]


def test_wishes_decide_page_and_mail(kinds: Any, dispatched: Any, aki: Any, mio: Any) -> None:
    services.set_preferences(user=aki, wishes={"lent": (False, "off"), "unknown": (True, "now")})
    services.set_preferences(user=mio, wishes={"lent": (False, "weekly")})
    lend(kinds, aki, mio)
    dispatched()
    assert not Notification.objects.filter(user=aki).exists()
    row = Notification.objects.get(user=mio)
    assert (row.in_page, row.digest) == (False, "weekly")
    assert selectors.unread_count(mio) == 0
    assert not Preference.objects.filter(kind="unknown").exists()


def test_the_page_groups_by_topic_and_counts(
    kinds: Any, dispatched: Any, as_: Any, aki: Any, mio: Any
) -> None:
    for topic in (1, 1, 2):
        lend(kinds, aki, actor=mio, topic=topic)
    dispatched()
    assert selectors.unread_count(aki) == 3
    page = selectors.page(aki, unread=False, cursor=None)
    assert [len(group.earlier) for group in page.groups] == [0, 1]
    html = as_(aki).get(reverse("notifications:list")).content.decode()
    assert "水島 澪 → 請求書の本" in html
    assert "請求書の本" not in as_(mio).get(reverse("notifications:list")).content.decode()


def test_a_late_notification_is_sorted_by_its_own_time(
    kinds: Any, dispatched: Any, aki: Any, mio: Any
) -> None:
    """A fact of last week that comes in today is last week's."""
    for topic, days in ((1, 0), (2, 7), (3, 3)):
        lend(kinds, aki, actor=mio, topic=topic, now=NOW - timedelta(days=days))
    dispatched()
    first = selectors.page(aki, unread=False, size=2, cursor=None)
    second = selectors.page(aki, unread=False, size=2, cursor=first.next_cursor)
    assert [group.newest.row.created_at for group in (*first.groups, *second.groups)] == [
        NOW,
        NOW - timedelta(days=3),
        NOW - timedelta(days=7),
    ]


def test_marking_all_as_read_can_be_undone(
    kinds: Any, dispatched: Any, as_: Any, aki: Any, mio: Any
) -> None:
    lend(kinds, aki, mio)
    lend(kinds, aki)
    dispatched()
    client = as_(aki)
    answer = client.post(reverse("notifications:read"), {"all": "1"}, follow=True)
    assert selectors.unread_count(aki) == 0
    assert selectors.unread_count(mio) == 1
    undo = re.search(r"/notifications/unread/\?at=[^\"&]+", answer.content.decode())
    assert undo is not None
    client.post(undo.group())
    assert selectors.unread_count(aki) == 2


def test_one_is_read_by_following_it_and_only_by_its_owner(
    kinds: Any, dispatched: Any, as_: Any, aki: Any, mio: Any
) -> None:
    lend(kinds, aki)
    dispatched()
    row = Notification.objects.get()
    data = {"ids": str(row.pk), "next": "/books/1/"}
    assert as_(mio).post(reverse("notifications:read"), data).status_code == 204
    assert selectors.unread_count(aki) == 1
    answer = as_(aki).post(reverse("notifications:read"), data)
    assert answer["HX-Redirect"] == "/books/1/"
    assert selectors.unread_count(aki) == 0
    away = as_(aki).post(
        reverse("notifications:read"), {"ids": "1", "next": "https://evil.example/"}
    )
    assert "HX-Redirect" not in away


def test_opening_the_subject_marks_its_notifications_as_read(
    kinds: Any, dispatched: Any, aki: Any
) -> None:
    lend(kinds, aki, topic=7)
    dispatched()
    services.mark_subject_read(user=aki, group_key="library.shelf:7", now=NOW)
    assert selectors.unread_count(aki) == 0


def test_preferences_are_a_form(as_: Any, aki: Any) -> None:
    client = as_(aki)
    assert 'name="mail:lent"' in client.get(reverse("notifications:preferences")).content.decode()
    client.post(
        reverse("notifications:preferences"),
        {"page:lent": "on", "mail:lent": "weekly", "mail:general": "junk"},
    )
    assert Preference.objects.get(user=aki, kind="lent").mail == "weekly"
    assert not Preference.objects.filter(kind="general").exists()


def test_unsubscribe_works_signed_out_by_one_post_and_not_by_looking(client: Any, aki: Any) -> None:
    url = reverse("notifications:unsubscribe", args=[unsubscribe_links.token(aki.pk, "lent")])
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.get(url).status_code == 200
    assert not Preference.objects.exists()
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(user=aki, kind="lent").mail == "off"
    assert strict.post(reverse("notifications:unsubscribe", args=["forged"])).status_code == 404


@pytest.mark.parametrize(
    ("frequency", "moment", "key"),
    [
        ("daily", "2026-11-19T22:59:00+00:00", None),
        ("daily", "2026-11-19T23:00:00+00:00", "digest:daily:2026-11-20"),
        ("daily", "2026-11-20T14:00:00+00:00", "digest:daily:2026-11-20"),
        ("weekly", "2026-11-20T01:00:00+00:00", None),
        ("weekly", "2026-11-22T23:00:00+00:00", "digest:weekly:2026-W48"),
    ],
)
def test_digests_are_due_at_eight_where_the_reader_lives(
    frequency: str, moment: str, key: str | None
) -> None:
    assert digests.due_key(frequency, "Asia/Tokyo", datetime.fromisoformat(moment)) == key


def test_a_digest_is_one_mail_a_day(kinds: Any, dispatched: Any, aki: Any, mio: Any) -> None:
    services.set_preferences(user=aki, wishes={"lent": (True, "daily")})
    lend(kinds, aki, actor=mio, title="一冊目")
    lend(kinds, aki, actor=mio, title="二冊目")
    dispatched()
    assert digests.put_due_digests(now=NOW) == 1
    lend(kinds, aki, actor=mio, title="三冊目")
    dispatched()
    deliver()
    assert len(mail.outbox) == 1
    assert "一冊目" in mail.outbox[0].body
    assert "二冊目" in mail.outbox[0].body
    assert "2件" in mail.outbox[0].subject
    assert digests.put_due_digests(now=NOW + timedelta(days=1)) == 1


def test_what_was_read_needs_no_digest(kinds: Any, dispatched: Any, aki: Any) -> None:
    services.set_preferences(user=aki, wishes={"lent": (True, "daily")})
    lend(kinds, aki)
    dispatched()
    services.mark_read(user=aki, now=NOW)
    assert digests.put_due_digests(now=NOW) == 0


def test_a_person_s_notifications_are_exported_and_erased(
    kinds: Any, dispatched: Any, aki: Any, mio: Any
) -> None:
    lend(kinds, aki, actor=mio)
    dispatched()
    assert privacy.export(aki)["notifications"][0]["title"] == "請求書の本"
    for erase in privacy.erasers():
        erase(aki, NOW)
    assert not Notification.objects.filter(user=aki).exists()
    assert not Delivery.objects.filter(user_id=aki.pk).exists()


def test_an_address_nobody_reads_is_never_mailed(
    kinds: Any, dispatched: Any, aki: Any, mio: Any
) -> None:
    aki.email = "imported-7@site.invalid"
    aki.save()
    lend(kinds, aki, actor=mio)
    dispatched()
    deliver()
    assert not mail.outbox
    assert Delivery.objects.get().state == "dead"

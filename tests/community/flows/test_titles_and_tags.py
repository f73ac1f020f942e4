"""Short titles are posted; what cannot be read is refused, and nothing that was written is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from community.models import Topic
from portal.notifications.models import Notification
from tests.community.things import a_space
from tests.people import NOW

FORM = {"body": "つながりません。", "visibility": "public"}


@pytest.mark.parametrize("title", ["請求書", "VPN"])
def test_a_word_is_a_title(as_: Any, aki: Any, title: str) -> None:
    sent = FORM | {"title": title, "space": a_space().pk}
    assert as_(aki).post("/questions/ask/", sent).status_code == 302
    assert Topic.objects.get().title == title


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("\u200b" * 6, "2文字以上"),
        ("👍👍👍👍", "2文字以上"),
        ("請求書\u202efdp.exe", "向きを変える"),
    ],
)
def test_an_unreadable_title_is_refused_and_the_text_kept(
    as_: Any, aki: Any, title: str, said: str
) -> None:
    sent = FORM | {"title": title, "space": a_space().pk}
    answer = as_(aki).post("/questions/ask/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "つながりません。" in answer.content.decode()


def test_a_sixth_tag_is_refused_in_words(as_: Any, aki: Any) -> None:
    sent = FORM | {"title": "VPN", "space": a_space().pk, "tags": "a b c d e f g"}
    answer = as_(aki).post("/questions/ask/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "タグが7個あります" in page
    assert 'value="a b c d e f g"' in page
    sent["tags"] = "あ" * 31
    assert "長すぎます" in as_(aki).post("/questions/ask/", sent).content.decode()
    assert not Topic.objects.exists()


def test_more_than_ninety_nine_unread(as_: Any, aki: Any) -> None:
    Notification.objects.bulk_create(
        Notification(
            user=aki,
            kind="answer",
            title="x",
            url="/",
            group_key=str(n),
            event_id=n,
            created_at=NOW,
        )
        for n in range(308)
    )
    page = as_(aki).get("/questions/").content.decode()
    assert '<span aria-hidden="true">99+</span><span class="sr-only">308 件の未読</span>' in page
    assert as_(aki).get("/notifications/count/").json() == {"unread": 308}
    Notification.objects.update(read_at=timezone.now())
    assert as_(aki).get("/notifications/count/").json() == {"unread": 0}

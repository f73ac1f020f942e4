"""ren reports, mori decides, mio is notified; a second moderator sees that the first has
decided.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from community.models import Flag, ModerationAct
from tests.community.things import a_question, an_answer


def test_from_report_to_verdict_and_back(
    as_: Any, aki: Any, mio: Any, ren: Any, mori: Any, kato: Any
) -> None:
    answer = an_answer(a_question(aki), mio, body="うちの製品を買ってください")
    page = (
        as_(ren)
        .get(reverse("community:flag", args=[answer.pk]), headers={"hx-request": "true"})
        .content.decode()
    )
    assert "<dialog" in page
    as_(ren).post(
        reverse("community:flag", args=[answer.pk]), {"reason": "spam", "note": "宣伝です"}
    )
    page = as_(mori).get(reverse("community:moderation")).content.decode()
    assert "宣伝です" in page
    as_(mori).post(reverse("community:claim", args=[answer.pk]))
    assert (
        "森 環さんが対応中です"
        in as_(kato).get(reverse("community:moderation_item", args=[answer.pk])).content.decode()
    )
    decide = reverse("community:decide", args=[answer.pk])
    assert as_(mori).post(decide, {"verdict": "hide", "reason": ""}).status_code == 422
    page = (
        as_(mori)
        .post(decide, {"verdict": "hide", "reason": "宣伝のため"}, follow=True)
        .content.decode()
    )
    act = ModerationAct.objects.get()
    assert reverse("community:undo_act", args=[act.pk]) in page
    assert "買ってください" not in as_(aki).get(answer.topic.get_absolute_url()).content.decode()
    own = as_(mio).get(answer.topic.get_absolute_url()).content.decode()
    assert "買ってください" in own
    assert "宣伝のため" in own
    page = (
        as_(kato).post(decide, {"verdict": "hide", "reason": "同じ"}, follow=True).content.decode()
    )
    assert "先に対応しました" in page
    as_(mori).post(reverse("community:undo_act", args=[act.pk]))
    assert Flag.objects.get().state == "open"
    assert "買ってください" in as_(aki).get(answer.topic.get_absolute_url()).content.decode()
    assert "宣伝のため" in as_(mori).get(reverse("community:moderation_log")).content.decode()


def test_an_empty_queue_says_so(as_: Any, mori: Any) -> None:
    assert "すべて処理しました" in as_(mori).get(reverse("community:moderation")).content.decode()


def test_a_locked_topic_offers_no_answer(as_: Any, aki: Any, mio: Any, mori: Any) -> None:
    topic = a_question(aki)
    as_(mori).post(reverse("community:lock", args=[topic.pk]))
    assert "受け付けていません" in as_(mio).get(topic.get_absolute_url()).content.decode()
    assert as_(mio).post(f"/questions/{topic.pk}/answers/", {"body": "それでも"}).status_code == 403

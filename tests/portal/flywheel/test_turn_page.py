"""A turn's page says of each stage what the app that owns the fact declared."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.flywheel.models import Turn, TurnStage
from portal.flywheel.rules.stages import Stage
from tests.people import NOW
from tests.portal.teams.facts import fact

SENTENCES = (
    ("community.story.published", Stage.ADVOCACY, "この企業が成功事例を公開しました"),
    ("community.article.published", Stage.ADVOCACY, "この企業が記事を書きました"),
    ("community.answer.accepted", Stage.ADVOCACY, "この企業がほかのお客さまを助けました"),
    ("referrals.referral.recorded", Stage.ADVOCACY, "この企業がほかの企業を紹介しました"),
    ("teams.customer.told", Stage.ADVOCACY, "この企業が当社を推薦しました"),
)


@pytest.mark.django_db
@pytest.mark.parametrize(("event_name", "stage", "sentence"), SENTENCES)
def test_each_fact_is_named_as_what_it_is(
    event_name: str, stage: Stage, sentence: str, aki: Any, sato: Any, as_: Any
) -> None:
    event = fact(event_name, aki)
    turn = Turn.objects.create(subject="community.topic:42", started_at=NOW, stage=stage)
    TurnStage.objects.create(turn=turn, stage=stage, event_id=event.pk, at=NOW)
    page = as_(sato).get(reverse("flywheel:turn", args=[turn.public_id])).content.decode()
    said = [text for _, _, text in SENTENCES if text in page]
    assert said == [sentence]

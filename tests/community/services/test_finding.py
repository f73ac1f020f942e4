"""What the search index contains of a topic: the words as a reader sees them."""

from __future__ import annotations

from typing import Any

import pytest

from portal.search.registry import source
from tests.community.things import a_question

pytestmark = pytest.mark.django_db


def test_the_text_reads_as_on_the_page_and_ends_with_the_tags(aki: Any) -> None:
    topic = a_question(aki, body="設定 > 連携 で `<code>` & 署名を確かめました。", tags=["webhook"])
    questions = source("question")
    assert questions is not None
    document = questions.document(topic.pk)
    assert document is not None
    assert document.text == "設定 > 連携 で <code> & 署名を確かめました。\nwebhook"

"""Writing a story on a phone: input survives errors, an invalid figure gets the focus, a double
click submits once.
"""

from __future__ import annotations

from typing import Any

import pytest

from community.models import Draft, Story, StoryConsent
from portal.accounts.models import User
from tests.community.things import a_space

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARTS = {
    "title": "稟議が1日で終わるようになりました",
    "problem": "社内便で5拠点を回していました。",
    "action": "承認の段階を3つに減らしました。",
    "outcome": "止まっている場所を尋ねる電話がなくなりました。",
}
COMPOSING = """document.querySelector('#id_title').dispatchEvent(
  new KeyboardEvent('keydown',
    {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"""


def test_a_story_is_written_on_a_phone(page_of: Any, aki: User) -> None:
    a_space()
    page = page_of(aki, width=390)
    page.goto("/stories/new/")
    for name, text in PARTS.items():
        page.fill(f"#id_{name}", text)
    page.evaluate(COMPOSING)
    page.fill("#id_what_1", "承認の日数")
    page.fill("#id_before_1", "六日")
    page.fill("#id_after_1", "１")
    with page.expect_response("**/drafts/"):
        page.wait_for_timeout(2200)
    assert Draft.objects.get(user=aki, key="story:new").data["before_1"] == "六日"
    page.reload()
    page.wait_for_selector(
        ".draft-note"
    )  # the server is asked first: another device may have written since
    assert page.input_value("#id_outcome") == PARTS["outcome"]
    page.click("form.form button.primary")
    page.wait_for_selector("#id_before_1_error")
    assert page.evaluate("document.activeElement.id") == "id_before_1"
    assert not Story.objects.exists()
    page.fill("#id_before_1", "６")
    page.click("form.form button.primary")
    page.wait_for_selector("#consent")
    assert page.inner_text(".results b").strip().endswith("1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not Draft.objects.filter(key="story:new").exists()
    page.check("input[name=audience][value=public]")
    page.check("input[name=naming][value=company]")
    page.check("input[name=agreed]")
    page.dblclick("#consent button.primary")
    page.wait_for_selector("text=担当者が確認しています")
    assert StoryConsent.objects.count() == 1

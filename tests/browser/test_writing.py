"""The composer: mentions are completed by keyboard alone; a user's windows agree on the number of
notifications.
"""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User
from portal.events.models import Event
from portal.notifications.services import notify
from tests.community.things import a_question, an_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_mention_is_chosen_with_the_keyboard(page_of: Any, aki: User, mio: User) -> None:
    topic = a_question(aki)
    an_answer(topic, mio)
    page = page_of(aki)
    page.goto(topic.get_absolute_url())
    area = page.locator("#reply textarea")
    area.focus()
    page.keyboard.type("はい、@水島")
    option = page.locator("#mention-list [role=option]")
    option.wait_for()
    assert "ノースフィールド" in option.inner_text()
    assert area.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Escape")
    assert page.locator("#mention-list").count() == 0
    page.keyboard.type("澪")
    option.wait_for()
    page.keyboard.press("Enter")
    assert area.input_value() == f"はい、@[水島 澪]({mio.public_id})さん "
    assert page.locator("#mention-list").count() == 0


def test_the_notification_count_of_another_window_follows(
    page_of: Any, aki: User, mio: User
) -> None:
    topic = a_question(aki)
    an_answer(topic, mio)
    for event in Event.objects.filter(name="community.answer.posted"):
        notify(event)
    page = page_of(aki)
    page.goto("/questions/")
    assert page.locator("#bell .count").inner_text().startswith("1")
    other = page.context.new_page()
    other.goto(topic.get_absolute_url())
    page.locator("#bell .count").wait_for(state="detached")
    other.locator("#bell .count").wait_for(state="detached")
    assert page.locator("li.topic[data-unread]").count() == 0

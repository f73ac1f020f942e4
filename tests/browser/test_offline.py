"""Offline: our page in both languages, and text is restored when the connection returns."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User
from tests.community.things import a_space

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_without_a_connection_is_ours_and_names_nobody(page_of: Any, aki: User) -> None:
    a_space()
    page = page_of(aki)
    page.goto("/questions/ask/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.fill("#id_title", "電波の届かない場所で")
    page.locator("#toasts .toast[data-tone=error]").wait_for()
    page.locator("[data-saved]", has_text="この端末に残しました").wait_for()
    page.goto("/questions/")
    assert page.get_by_role("heading", level=1).inner_text() == "接続がありません"
    assert page.get_by_role("heading", level=2).inner_text() == "You are offline"
    assert aki.email not in page.content()
    page.context.set_offline(False)
    page.get_by_role("link", name="もう一度開く").click()
    page.wait_for_url("**/questions/")
    page.goto("/questions/ask/")
    page.locator(".draft-note").wait_for()
    assert page.input_value("#id_title") == "電波の届かない場所で"

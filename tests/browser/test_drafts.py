"""Drafts: restored on this device and on another, private to one user, and kept through a lost
session.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from community.models import Draft
from portal.accounts.models import User
from tests.community.things import a_question, a_space

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(page: Any, title: str, body: str) -> None:
    page.goto("/questions/ask/")
    page.fill("#id_title", title)
    page.fill("#id_body", body)
    page.locator("[data-saved]", has_text="下書きを保存しました").wait_for()


def test_a_draft_follows_them_to_another_device_and_can_be_discarded(
    page_of: Any, aki: User
) -> None:
    a_space()
    write(page_of(aki), "途中の題", "途中の本文")
    other = page_of(aki)
    other.goto("/questions/ask/")
    other.locator(".draft-note").wait_for()
    assert (other.input_value("#id_title"), other.input_value("#id_body")) == (
        "途中の題",
        "途中の本文",
    )
    other.locator(".draft-note button").click()
    other.locator("#toasts .toast", has_text="下書きを破棄しました").wait_for()
    assert other.input_value("#id_title") == ""
    assert Draft.objects.get().discarded_at is not None


def test_what_was_thrown_away_elsewhere_does_not_come_back_here(page_of: Any, aki: User) -> None:
    a_space()
    page = page_of(aki)
    write(page, "途中の題", "途中の本文")
    Draft.objects.all().delete()
    with page.expect_response(lambda answer: "/drafts/?key=" in answer.url):
        page.goto("/questions/ask/")
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('hz-draft'))")
    assert page.input_value("#id_title") == ""


def test_a_shared_device_shows_nobody_anothers_draft(page_of: Any, aki: User, mio: User) -> None:
    a_space()
    page = page_of(aki)
    write(page, "秋の書きかけ", "ほかの人には見せない")
    cookie = page_of(mio).context.cookies()
    page.context.add_cookies(
        [each for each in cookie if each["name"] == settings.SESSION_COOKIE_NAME]
    )
    with page.expect_response(lambda answer: "/drafts/?key=" in answer.url):
        page.goto("/questions/ask/")
    page.wait_for_timeout(200)
    assert page.input_value("#id_title") == ""


def test_an_edit_comes_back_but_not_over_a_newer_version(page_of: Any, aki: User) -> None:
    post = a_question(aki, body="初めの本文").posts.get()
    page = page_of(aki)
    page.goto(f"/posts/{post.pk}/edit/")
    page.fill("#id_body", "直しかけの本文")
    page.locator("[data-saved]", has_text="下書きを保存しました").wait_for()
    page.reload()
    page.locator(".draft-note").wait_for()
    assert page.input_value("#id_body") == "直しかけの本文"
    type(post).objects.filter(pk=post.pk).update(markdown="担当者が直した本文")
    other = page_of(aki)
    other.goto(f"/posts/{post.pk}/edit/")
    other.locator(".draft-note", has_text="残っています").wait_for()
    assert other.input_value("#id_body") == "担当者が直した本文"
    other.get_by_role("button", name="続きを書く").click()
    assert other.input_value("#id_body") == "直しかけの本文"


def test_a_lost_session_loses_no_text_and_says_so(page_of: Any, aki: User) -> None:
    a_space()
    page = page_of(aki)
    page.goto("/questions/ask/")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.fill("#id_title", "期限切れの題")
    page.fill("#id_body", "期限切れの本文")
    page.locator("[data-saved]", has_text="この端末に残しました").wait_for()
    page.locator("main form.form button.primary").click()
    page.wait_for_url("**/accounts/login/?next=/questions/ask/")
    assert "書いた内容は残っています" in page.locator("#toasts").inner_text()
    assert page.evaluate("Object.values(localStorage).join()").count("期限切れの本文") == 1

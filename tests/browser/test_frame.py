"""Behaviour of every page: the input method, double submits, keyboard, messages, language, theme,
drafts.
"""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COMPOSE = """([selector, type, options]) => {
  const field = document.querySelector(selector);
  const how = {key: 'Enter', bubbles: true, cancelable: true, ...options};
  return field.dispatchEvent(new KeyboardEvent(type, how));
}"""


def test_enter_of_the_input_method_sends_nothing(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/settings/profile/")
    page.evaluate(
        "document.addEventListener('keydown', () => { window.heard = (window.heard || 0) + 1; })"
    )
    page.focus("#id_display_name")
    page.evaluate(COMPOSE, ["#id_display_name", "keydown", {"isComposing": True}])
    assert page.evaluate("window.heard || 0") == 0
    page.evaluate(COMPOSE, ["#id_display_name", "keydown", {"isComposing": False}])
    assert page.evaluate("window.heard") == 1


def test_live_search_waits_for_the_end_of_the_composition(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/settings/profile/")
    page.evaluate(
        "document.addEventListener('input', () => { window.heard = (window.heard || 0) + 1; })"
    )
    say = (
        "(options) => document.querySelector('#id_display_name')"
        ".dispatchEvent(new InputEvent('input', options))"
    )
    page.evaluate(say, {"bubbles": True, "isComposing": True})
    assert page.evaluate("window.heard || 0") == 0
    page.evaluate(
        "document.querySelector('#id_display_name').dispatchEvent(new "
        "CompositionEvent('compositionend', {bubbles: true}))"
    )
    assert page.evaluate("window.heard") == 1


def test_a_double_click_sends_once(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/settings/profile/")
    posts: list[str] = []
    page.on(
        "request", lambda request: posts.append(request.url) if request.method == "POST" else None
    )
    page.dblclick("main form button[type=submit], main form button.primary")
    page.wait_for_load_state("networkidle")
    assert len(posts) == 1
    assert page.locator("#toasts .toast").count() == 1


def test_a_message_can_be_closed_and_waits_while_looked_at(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/")
    page.evaluate(
        "document.body.dispatchEvent(new CustomEvent('toast', {detail: {text: '保存しました', "
        "undo: '/nowhere/'}}))"
    )
    toast = page.locator(".toast")
    assert "保存しました" in toast.inner_text()
    assert toast.get_by_role("button", name="元に戻す").count() == 1
    toast.get_by_role("button", name="閉じる").click()
    assert toast.count() == 0


def test_question_mark_lists_the_keys_but_not_inside_a_field(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/settings/profile/")
    page.focus("#id_display_name")
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()
    page.locator("#id_display_name").blur()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_single_keys_can_be_turned_off(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/")
    page.keyboard.press("?")
    page.locator("[data-shortcut-switch]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()


def test_the_language_switch_keeps_the_page(page_of: Any, aki: User) -> None:
    page = page_of(aki)
    page.goto("/settings/profile/?from=here")
    page.locator(".top details.menu > summary").last.click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert page.url.endswith("/settings/profile/?from=here")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1).inner_text() == "Profile"
    aki.refresh_from_db()
    assert aki.language == "en"


def test_the_theme_is_right_from_the_first_frame(page_of: Any, aki: User) -> None:
    User.objects.filter(pk=aki.pk).update(theme="dark")
    page = page_of(aki, color_scheme="light")
    page.goto("/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert (
        page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
        == "rgb(23, 22, 20)"
    )


def test_nothing_sticks_out_on_a_phone_and_the_header_stays_low(page_of: Any, aki: User) -> None:
    page = page_of(aki, width=390, is_mobile=True)
    for path in ("/", "/settings/profile/", "/accounts/email/", "/accounts/2fa/", "/nowhere/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.locator("header.top").bounding_box()["height"] <= 64


def test_copy_says_so_and_selects_the_text_where_the_clipboard_is_refused(
    page_of: Any, kato: User
) -> None:
    page = page_of(kato)
    page.goto("/design/")
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async () => { throw "
        "new Error('no'); }}})"
    )
    page.locator(".linkbox [data-copy]").first.click()
    assert page.evaluate("document.activeElement.value") == "https://hazumi.example/r/aki7"
    page.locator("#toasts .toast", has_text="Ctrl+C").wait_for()


def test_the_toolbar_is_one_tab_stop_and_marks_the_selection(page_of: Any, kato: User) -> None:
    page = page_of(kato)
    page.goto("/design/")
    composer = page.locator("[data-composer]").first
    area = composer.locator("textarea")
    area.fill("重要")
    area.select_text()
    composer.locator("[data-md=bold]").click()
    assert area.input_value() == "**重要**"
    assert composer.locator("[data-toolbar] button[tabindex='0']").count() == 1

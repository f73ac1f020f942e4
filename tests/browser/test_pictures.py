"""Images in a question: pasted, described, sent; an aborted or refused upload leaves the text
intact.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from community.models import Attachment, Post
from portal.accounts.models import User
from tests.community.things import a_space
from tests.pictures import a_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASTE = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([bytes], name, {type: 'image/png'}));
  document.querySelector('#id_body').dispatchEvent(
    new ClipboardEvent('paste', {clipboardData: clipboard, bubbles: true, cancelable: true}));
}"""


def paste(page: Any, name: str = "image.png", content: bytes = b"") -> None:
    page.focus("#id_body")
    page.evaluate(PASTE, [name, base64.b64encode(content or a_picture().getvalue()).decode()])


def test_a_picture_is_pasted_described_and_seen(page_of: Any, aki: User, mio: User) -> None:
    a_space()
    page = page_of(aki, width=390)
    page.goto("/questions/ask/")
    page.fill("#id_title", "承認の画面が開きません")
    page.fill("#id_body", "開くとこうなります。")
    paste(page)
    page.wait_for_selector("[data-shown] img")
    assert page.input_value("#id_body").startswith("開くとこうなります。\n\n![](/files/")
    assert page.evaluate("document.activeElement.id") == "id_body"
    page.fill("[data-shown] input", "承認の画面に[エラー]")
    assert "![承認の画面に エラー](/files/" in page.input_value("#id_body")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("form.form button.primary:not([type=button])")
    picture = page.wait_for_selector(".post .prose img")
    picture.evaluate("image => image.decode()")  # waits; the policy forbids polling by text
    assert picture.get_attribute("alt") == "承認の画面に エラー"
    assert picture.evaluate("image => image.naturalWidth") == 400
    other = page_of(mio)
    other.goto(page.url)
    seen = other.wait_for_selector(".post .prose img")
    seen.evaluate("image => image.decode()")
    assert seen.evaluate("image => image.naturalWidth") == 400


def test_a_picture_comes_back_with_the_draft_and_can_be_taken_out(page_of: Any, aki: User) -> None:
    a_space()
    page = page_of(aki)
    page.goto("/questions/ask/")
    page.fill("#id_body", "前")
    paste(page, "請求一覧.png")
    page.wait_for_selector("[data-shown] img")
    assert "![請求一覧](/files/" in page.input_value("#id_body")
    page.reload()
    assert page.input_value("[data-shown] input") == "請求一覧"
    page.click("[data-shown] [data-remove]")
    assert page.input_value("#id_body").strip() == "前"
    assert page.locator("[data-files]").is_hidden()


def test_what_is_refused_or_stopped_leaves_the_text_alone(page_of: Any, aki: User) -> None:
    a_space()
    page = page_of(aki)
    page.goto("/questions/ask/")
    page.fill("#id_title", "書きかけ")
    page.fill("#id_body", "書きかけ")
    paste(page, "a.png", b"not a picture")
    page.wait_for_selector("#toasts :text('表示できる画像ではありません')")
    held: list[Any] = []
    page.route("**/files/", lambda route: held.append(route))
    paste(page)
    page.wait_for_selector("[data-cancel]")
    page.click("form.form button.primary:not([type=button])")
    page.wait_for_selector("#toasts :text('画像をまだ送っています')")
    page.click("[data-cancel]")
    page.wait_for_selector("[data-cancel]", state="detached")
    assert page.input_value("#id_body") == "書きかけ"
    assert held
    assert not Attachment.objects.exists()
    assert not Post.objects.exists()

"""Malformed URLs and form data get a proper response, never a server error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.community.things import a_question, an_answer


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/questions/99999999999999999999/", 404),
        ("/questions/99999999999999999999/answers/", 404),
        ("/posts/99999999999999999999/", 404),
        ("/questions/?tag=%00&space=%0%000", 200),
        ("/questions/?page=zzz&tab=zzz&space=zzz", 200),
        ("/drafts/?key=%00", 200),
        ("/drafts/?key=x", 200),
        ("/search/?q=%00", 200),
        ("/tags/%00/follow/", 400),
        ("/robots.txt", 200),
    ],
)
def test_an_address_nobody_means(as_: Any, aki: Any, address: str, status: int) -> None:
    assert as_(aki).get(address).status_code == status


def test_a_form_with_what_cannot_be_stored(as_: Any, aki: Any, mio: Any) -> None:
    answer = an_answer(a_question(aki), mio)
    browser = as_(aki)
    assert (
        browser.post("/drafts/", {"key": "x", "data": json.dumps({"body": "a\x00"})}).status_code
        == 400
    )
    assert browser.post("/drafts/", {"key": "x", "data": "[]"}).status_code == 400
    assert (
        browser.post(
            "/drafts/", {"key": "x", "data": json.dumps({"body": "what is \\u0000?"})}
        ).status_code
        == 200
    )
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert (
        browser.post(f"/posts/{answer.pk}/flag/", "reason=spam&note=%00", **form).status_code == 400
    )
    parent = {"parent": "99999999999999999999", "body": "どこへ"}
    assert (
        browser.post(f"/questions/{answer.topic_id}/answers/", parent).status_code == 302
    )  # as an answer


def test_who_was_signed_out_meanwhile_returns_to_their_page(as_: Any, aki: Any) -> None:
    topic = a_question(aki)
    page, stranger = topic.get_absolute_url(), as_()
    sent = stranger.post(
        f"{page}answers/", {"body": "書いた"}, headers={"referer": f"http://testserver{page}"}
    )
    assert sent["Location"] == f"/accounts/login/?next={page}"
    assert "書いた内容は残っています" in stranger.get(sent["Location"]).content.decode()
    away = {"referer": "https://elsewhere.example/x"}
    assert (
        stranger.post(f"{page}answers/", {"body": "書いた"}, headers=away)["Location"]
        == "/accounts/login/?next=/"
    )
    pressed = stranger.post(f"/topics/{topic.pk}/follow/", headers={"hx-request": "true"})
    assert pressed["HX-Redirect"] == "/accounts/login/?next=/"
    typed = stranger.get("/questions/similar/?title=SSO", headers={"hx-request": "true"})
    assert (typed.status_code, "toast" in typed["HX-Trigger"]) == (204, True)

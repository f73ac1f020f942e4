"""Pure functions of a text: language, tag keys, slug, differences."""

from __future__ import annotations

import pytest

from community.rules.text import difference, guess_language, split_tags, tag_key


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("SSO の証明書を更新するとログインできない", "ja"),
        ("How do I renew the SSO certificate?", "en"),
        ("We use 請求書 in our English screens, which confuses everybody here", "en"),
        ("Webhook の retry interval を変更したい", "ja"),
        ("", "ja"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_tags_are_split_folded_and_counted_once() -> None:
    assert split_tags("ＳＳＯ、請求書, sso #api 承認 仕訳 CSV") == [
        "SSO",
        "請求書",
        "api",
        "承認",
        "仕訳",
        "CSV",
    ]
    assert tag_key("Web  Hook") == "web-hook"


def test_a_difference_shows_what_changed() -> None:
    assert [(change.kind, change.text) for change in difference("a\nb", "a\nc")] == [
        ("same", "a"),
        ("removed", "b"),
        ("added", "c"),
    ]

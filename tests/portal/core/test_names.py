"""Titles and names: what is kept, and what nobody could read."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from portal.core.text.markdown import render
from portal.core.web.fields import clean_name, clean_title


@pytest.mark.parametrize(
    "title", ["請求書", "VPN", "経費", "AI", "C#10", "مرحبا", "👍 VPN", "ＳＳＯ"]
)
def test_a_short_title_with_a_meaning_is_one(title: str) -> None:
    assert clean_title(title) == title


@pytest.mark.parametrize(
    "title",
    [
        "",
        "あ",
        "!!!!",
        "\u200b" * 4,
        "👍👍👍👍",
        "\U0001f3fb" * 3,
        "ㅤㅤㅤㅤ",
        "\u0301\u0301\u0301\u0301",
        "\u2800\u2800\u2800",
    ],
)
def test_a_title_nobody_can_read_is_refused(title: str) -> None:
    with pytest.raises(ValidationError, match=r"letters|文字"):
        clean_title(title)


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u2066", "\u2067"])
def test_reversing_characters_are_refused_by_name(sign: str) -> None:
    for check in (clean_title, clean_name):
        with pytest.raises(ValidationError) as refused:
            check(f"請求書{sign}exe.pdf")
        assert refused.value.code == "reversing"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  佐藤　 誠 ", "佐藤 誠"),
        ("シ\u3099ョン", "ジョン"),
        ("佐\u200b藤\u00ad誠\ufeff", "佐藤誠"),
        ("佐\u200d藤", "佐藤"),
        ("佐藤\n誠\t", "佐藤 誠"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("👩\u200d💻 秋", "👩\u200d💻 秋"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("Ann\u200f", "Ann"),
        ("森", "森"),
        ("🌸", "🌸"),
    ],
)
def test_a_name_is_cleaned(written: str, kept: str) -> None:
    assert clean_name(written) == kept


@pytest.mark.parametrize(
    "name", ["", "\u200b", "\U0001f3fb", "\u3164", "\ufe0f\ufe0f", "...", "\u0301"]
)
def test_a_name_nobody_can_see_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(name)


def test_right_to_left_text_has_its_own_direction() -> None:
    assert '<p dir="auto">مرحبا</p>' in render("日本語\n\nمرحبا").html
    assert "dir=" not in render("日本語").html

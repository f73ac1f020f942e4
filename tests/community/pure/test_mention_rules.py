"""Which beginning of a text after "@" is a name."""

from __future__ import annotations

import pytest

from community.rules.mentions import beginnings, ends_here, name_key


def names_in(text: str, *people: str) -> str | None:
    keys = {name_key(person): person for person in people}
    for key, length in beginnings(text).items():
        if key in keys and ends_here(text[:length], text[length:]):
            return f"{keys[key]}:{text[:length]}"
    return None


@pytest.mark.parametrize(
    "after",
    [
        "さん、",
        "様、",
        " さん",
        "さんへ。",
        "さんありがとう",
        "氏",
        "先生",
        "さま",
        "の件",
        "に",
        "は",
        "、",
        "",
        "ありがとう",
        "部長",
        "）",
        "！",
        "san",
        "　様",
    ],
)
@pytest.mark.parametrize("written", ["佐藤誠", "佐藤 誠", "佐藤　誠", "佐藤\u00a0誠"])
def test_a_japanese_name_ends_before_what_follows(written: str, after: str) -> None:
    assert names_in(written + after, "佐藤 誠") == f"佐藤 誠:{written}"


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("ジョン・スミス さん", "ジョン・スミス"),
        ("ジョンスミスさん", "ジョン・スミス"),
        ("ｼﾞｮﾝ･ｽﾐｽ様", "ジョン・スミス"),
        ("シ\u3099ョン・スミス", "ジョン・スミス"),
        ("O'Brienさん", "O’Brien"),
        ("O’Brien's", "O'Brien"),
        ("Anne-Marieへ", "Anne‐Marie"),
        ("Daniel Reedさん", "Daniel Reed"),
        ("DANIELREED、", "Daniel Reed"),
        ("Ｄａｎｉｅｌ Ｒｅｅｄ", "Daniel Reed"),
        ("森さん", "森"),
        ("さくらさん", "さくら"),
        ("さくらへ", "さくら"),
    ],
)
def test_spellings_of_a_name_are_one(written: str, person: str) -> None:
    assert (names_in(written, person) or "").startswith(f"{person}:")


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("佐藤誠一さん", "佐藤誠"),
        ("Daniels", "Daniel"),
        ("さくらこ", "さくら"),
        ("森さくら", "森"),
        ("ジョンソン", "ジョン"),
        ("シﾞ", "シ"),
        ("シー", "シ"),
        ("", "佐藤"),
    ],
)
def test_a_longer_word_is_another_name(written: str, person: str) -> None:
    assert names_in(written, person) is None


def test_the_longest_name_is_meant() -> None:
    assert names_in("佐藤 誠 様", "佐藤", "佐藤 誠") == "佐藤 誠:佐藤 誠"
    assert names_in("Daniel Reed", "Daniel", "Daniel Reed") == "Daniel Reed:Daniel Reed"

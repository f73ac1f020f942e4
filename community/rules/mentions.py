"""How a name written after "@" is read: which people it may begin with, and where the name ends."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60  # of a display name
# What two spellings of a name may differ in: spaces, apostrophes, hyphens, middle dots.
IGNORED = r"\s'’‘ʼ′‐‑‒–—−・•=゠\-"
_IGNORED = re.compile(f"[{IGNORED}]+")

HONORIFICS = (
    "さん さま ちゃん くん どの せんせい サン サマ 様 氏 先生 殿 君 御中 各位 "
    "部長 課長 係長 社長 会長 専務 常務 主任 次長 室長 所長 店長 本部長 取締役 担当"
).split()
PARTICLES = (
    "への へ に の は が を と も や か から まで より って です で ね よ にも にて だけ "
    "ありがと お ご いつも はじめ よろしく こんにち こんばん すみません わたし"
).split()


def name_key(name: str) -> str:
    """Return what all spellings of a name have in common: width, case, spaces and dots folded.

    The database has the same rule; see `community.selectors.people.NameKey`.
    """
    folded = unicodedata.normalize("NFKC", name).lower()
    return _IGNORED.sub("", unicodedata.normalize("NFKC", folded))


def without_honorific(begun: str) -> str:
    """Return a name that is being typed without さん or 様 at its end."""
    text = begun.strip()
    for title in ("さん", "さま", "様"):
        text = text.removesuffix(title)
    return text


def beginnings(begun: str) -> dict[str, int]:
    """Return the keys of what the text after "@" may begin with, and how many characters each
    takes; the longest first.
    """
    found: dict[str, int] = {}
    for length in range(min(len(begun), LONGEST), 0, -1):
        written = begun[:length]
        key = name_key(written)
        if key and key not in found and not written[-1].isspace():
            found[key] = length
        elif key and written.rstrip() == written:
            found[key] = length  # a mark after the name belongs to the sentence
    return found


def ends_here(name: str, rest: str) -> bool:
    """Return whether a name ends where `rest` goes on.

    Latin names end at anything but a letter or digit. Japanese has no spaces: an honorific or a
    particle ends a name, another kanji may be the rest of a longer one.
    """
    following = rest[:1]
    if following in ("ﾞ", "ﾟ"):
        return False
    if not following or not (following.isalnum() or following == "ー"):
        return not unicodedata.combining(following or " ")
    last, after = _script(name[-1]), _script(following)
    if _begins_with(rest.lstrip(), HONORIFICS):
        return True
    if "latin" in (last, after):
        return last != after
    if after == "hiragana":
        short = last == "hiragana" or len(name_key(name)) < 3
        return not short or _begins_with(rest, PARTICLES)
    return last == "katakana" and after == "han"


def _begins_with(text: str, words: list[str]) -> bool:
    return text.startswith(tuple(words))


def _script(sign: str) -> str:
    folded = unicodedata.normalize("NFKC", sign)[:1]
    if "ぁ" <= folded <= "ゟ":
        return "hiragana"
    if "ァ" <= folded <= "ヿ":
        return "katakana"
    if "㐀" <= folded <= "鿿" or folded in "々〆" or folded >= "\U00020000":
        return "han"
    return "latin"

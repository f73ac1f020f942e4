"""Device names from user agents."""

from __future__ import annotations

import pytest
from django.utils import translation

from portal.accounts.templatetags.devices import device, is_handheld

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) "
    "AppleWebKit/605.1.15 (KHTML, like Gecko) "
)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (IPHONE + "Version/18.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        (IPHONE + "CriOS/156.0 Mobile/15E148 Safari/604.1", "Chrome · iPhone"),
        (IPHONE + "Safari Line/15.1", "LINE · iPhone"),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/156.0 "
                "Safari/537.36 Edg/156.0"
            ),
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Mac",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0 Mobile "
                "Safari/537.36"
            ),
            "Chrome · Android",
        ),
        ("curl/8", "不明な端末"),
    ],
)
def test_a_person_recognises_their_device(user_agent: str, words: str) -> None:
    with translation.override("ja"):
        assert device(user_agent) == words


def test_phones_have_a_phones_icon() -> None:
    assert is_handheld(IPHONE)
    assert not is_handheld("Mozilla/5.0 (Windows NT 10.0)")

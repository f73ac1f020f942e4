"""Stored reasons in words: codes, and losses with what was said."""

from __future__ import annotations

import pytest
from django.utils import translation

from referrals.rules import reasons


@pytest.mark.parametrize(
    ("stored", "scheme", "code"),
    [
        (reasons.SUPERSEDED, "system", "superseded"),
        (reasons.REFUND, "system", "refund"),
        (reasons.NO_PROGRESS, "system", "no_progress"),
        ("loss:price 高い", "loss", "price"),
        ("rule:self", "rule", "self"),
        ("予算が合いませんでした", "", ""),
    ],
)
def test_every_reason_reads_in_both_languages(stored: str, scheme: str, code: str) -> None:
    reason = reasons.read(stored)
    assert (reason.scheme, reason.code) == (scheme, code)
    said = set()
    for language in ("ja", "en"):
        with translation.override(language):
            said.add(reasons.to_referrer(stored))
            assert reasons.to_staff(stored)
    assert "" not in said
    assert len(said) == (2 if scheme else 1)


def test_confidential_text_stays_with_staff() -> None:
    stored = reasons.loss("price", "部長が高いと言う")
    with translation.override("ja"):
        assert "部長" not in reasons.to_referrer(stored)
        assert "部長" in reasons.to_staff(stored)


def test_other_systems_may_send_a_code_or_words() -> None:
    assert reasons.loss_told("Price") == "loss:price"
    assert reasons.loss_told("稟議が通らない") == "loss:other 稟議が通らない"
    assert len(reasons.loss("other", "長" * 400)) == reasons.LENGTH

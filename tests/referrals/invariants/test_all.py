"""Each of the sixteen invariants has a test that the database refuses its violation, and one with
real threads.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import translation

from referrals.services.rewards.ledger_checks import INVARIANTS


def test_every_invariant_has_both_tests_and_its_words_in_both_languages() -> None:
    found = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        found |= set(re.findall(r"def test_(\d\d)_(database|threads)_", path.read_text()))
    assert found == {
        (f"{row.number:02}", kind) for row in INVARIANTS for kind in ("database", "threads")
    }
    assert [row.number for row in INVARIANTS] == list(range(1, 17))
    for row in INVARIANTS:
        with translation.override("ja"):
            words = str(row.words)
        assert re.search(r"[ぁ-ん]", words), row.key

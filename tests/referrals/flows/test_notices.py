"""Notifications of introductions: each kind has its own setting."""

from __future__ import annotations

from collections import Counter

from portal.notifications.registry import kinds


def test_no_two_notices_claim_one_place() -> None:
    taken = Counter(kind.order for kind in kinds())
    assert [order for order, count in taken.items() if count > 1] == []

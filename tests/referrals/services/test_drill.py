"""A small fault test: a shuffled, duplicated history over many connections ends in the right
ledger.
"""

from __future__ import annotations

import pytest

from referrals.fault_tests.run import run


@pytest.mark.parametrize("seed", [11, 12])
def test_any_order_and_any_number_of_deliveries_give_the_same_ledger(
    committed: None, seed: int
) -> None:
    report = run(facts=120, seed=seed, connections=6)
    assert report.errors == []
    assert report.other_violations == {}
    assert (
        report.wrong_attributions,
        report.unbalanced,
        report.parked_left,
        report.wrong_net_rewards,
    ) == (0, 0, 0, 0)
    assert report.deliveries > report.facts
    assert report.paid > 0
    assert report.clawed_back > 0

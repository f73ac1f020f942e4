"""The fault test's program with reward tiers under a yearly limit: the expected result, computed
independently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from referrals.fault_tests.scenario import Company

STEPS: Final = [
    [1, 10_000],
    [2, 20_000],
    [4, 35_000],
]  # yen from the 1st, 2nd and 4th contract of a person
YEAR_CAP: Final = 90_000


@dataclass
class Contract:
    """A company's sale: when, for how much, and how much of it came back in which act."""

    at: datetime
    amount: int
    first: int = 0  # refunded before rewards are released
    last: int = 0  # refunded in the end


def settle(companies: list[Company]) -> None:
    """Work out the expected rewards of every company in the program with reward tiers; contracts of
    one referrer are considered together.
    """
    by_person: dict[str, list[Company]] = {}
    for company in companies:
        if company.program == "drill-steps" and company.contract is not None:
            by_person.setdefault(company.winner, []).append(company)
    for hers in by_person.values():
        _settle_person(sorted(hers, key=lambda company: _of(company).at))


def _of(company: Company) -> Contract:
    assert company.contract is not None
    return company.contract


def _settle_person(hers: list[Company]) -> None:
    released: dict[str, int] = {}
    left = YEAR_CAP
    for company in hers:  # before the release: everything follows the facts
        contract = _of(company)
        amount = min(_step(hers, company, "first"), max(left, 0))
        net = amount - amount * contract.first // contract.amount
        if net > 0:
            released[company.domain] = amount
        left -= net
    left = YEAR_CAP
    for company in hers:  # what was released only shrinks, and takes its part of the year first
        if company.domain in released:
            contract, amount = _of(company), released[company.domain]
            company.worth = {"referrer": amount - amount * contract.last // contract.amount}
            left -= company.worth["referrer"]
    for company in hers:
        if company.domain not in released:
            contract = _of(company)
            amount = min(_step(hers, company, "last"), max(left, 0))
            company.worth = {"referrer": amount - amount * contract.last // contract.amount}
            left -= company.worth["referrer"]


def _step(hers: list[Company], company: Company, act: str) -> int:
    """Return the tier amount of a contract: by how many of the referrer's contracts were signed
    until then and not fully refunded.
    """
    counted = [
        other
        for other in hers
        if _of(other).at <= _of(company).at and getattr(_of(other), act) < _of(other).amount
    ]
    return next((amount for start, amount in reversed(STEPS) if len(counted) >= start), STEPS[0][1])

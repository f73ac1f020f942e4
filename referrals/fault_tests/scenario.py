"""Generates a random history and computes the expected result independently of the product."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from referrals.fault_tests.reward_tiers import Contract, settle

START = datetime(2026, 6, 1, tzinfo=UTC)
FIXED, SHARE, CAP = (
    30_000,
    1_000,
    80_000,
)  # yen each side · referrer's basis points and cap in the second program


@dataclass(frozen=True)
class Told:
    """One record as a system sends it."""

    source: str
    external_id: str
    kind: str
    body: dict[str, Any]


@dataclass
class Company:
    """One introduced company: its facts in two acts (before and after rewards are released) and the
    truth.
    """

    domain: str
    program: str
    first: list[Told] = field(default_factory=list)
    late: list[Told] = field(default_factory=list)
    winner: str = ""  # the code that must be credited
    worth: dict[str, int] = field(default_factory=dict)  # side -> net reward in the end
    contract: Contract | None = None


@dataclass(frozen=True)
class Claim:
    code: str
    kind: str
    at: datetime
    known_at: datetime


def truth(claims: list[Claim], window: timedelta) -> str:
    """The credited code, worked out apart from attribution.py."""
    known = min(claim.known_at for claim in claims)
    typed = sorted(
        (claim for claim in claims if claim.kind == "code" and claim.at <= known),
        key=lambda claim: claim.at,
    )
    if typed:
        return typed[0].code
    seen = [
        claim for claim in claims if claim.kind == "click" and known - window <= claim.at <= known
    ]
    return max(seen, key=lambda claim: claim.at).code if seen else ""


def tell(count: int, seed: int, codes: list[str], own: dict[str, str]) -> list[Company]:
    """Make companies until `count` facts exist.

    `own` maps a code to the mail domain of its owner's own company.
    """
    dice = random.Random(seed)  # noqa: S311  repeatable, keeps no secret
    companies: list[Company] = []
    facts = 0
    while facts < count:
        company = _company(len(companies), seed, dice, codes)
        if (
            dice.random() < 0.05
        ):  # somebody also claims their own company in vain: refused, never credited
            code = dice.choice(sorted(own))
            company.first.append(
                Told(
                    "crm",
                    f"own-{seed}-{company.domain}",
                    "introduction",
                    {
                        "program": company.program,
                        "code": code,
                        "domain": own[code],
                        "claim": "code",
                        "occurred_at": START.isoformat(),
                    },
                )
            )
        companies.append(company)
        facts += len(company.first) + len(company.late)
    settle(companies)
    return companies


def _company(number: int, seed: int, dice: random.Random, codes: list[str]) -> Company:
    company = Company(
        f"drill{seed}-{number}.example", dice.choice(("drill-fixed", "drill-share", "drill-steps"))
    )
    moment = START + timedelta(minutes=dice.randrange(60 * 24 * 60))

    def when(hours: float) -> str:
        return (moment + timedelta(hours=hours)).isoformat()

    def say(source: str, name: str, kind: str, late: bool = False, **body: Any) -> None:
        told = Told(source, f"{name}-{seed}-{number}", kind, {"program": company.program, **body})
        (company.late if late else company.first).append(told)

    claims = []
    for rank, code in enumerate(
        dice.sample(codes[:4] if company.program == "drill-steps" else codes, 2)
    ):
        kind = dice.choice(("code", "click"))
        at = (
            moment - timedelta(minutes=dice.randrange(1, 60 * 24 * 120))
            if kind == "click"
            else moment
        )
        at += timedelta(seconds=rank)
        known = moment + timedelta(minutes=dice.choice((1, 1, 2)))
        claims.append(Claim(code, kind, at, known))
        say(
            "site",
            f"claim{rank}",
            "introduction",
            code=code,
            claim=kind,
            domain=company.domain,
            occurred_at=at.isoformat(),
            identified_at=known.isoformat(),
            reference=f"c{seed}-{number}-{rank}",
        )
    company.winner = truth(claims, timedelta(days=90))
    if not company.winner:  # both links too old: nobody is credited, and a sale would wait for ever
        return company
    for hours, stage in ((24, "qualified"), (48, "opportunity")):
        if dice.random() < 0.8:
            say("crm", stage, "stage", domain=company.domain, stage=stage, occurred_at=when(hours))
    if dice.random() < 0.12:
        say(
            "crm",
            "lost",
            "stage",
            domain=company.domain,
            stage="lost",
            reason="price",
            occurred_at=when(72),
        )
        return company
    _sales(company, dice, say, when, seed, number)
    return company


def _sales(
    company: Company, dice: random.Random, say: Any, when: Any, seed: int, number: int
) -> None:
    amount = dice.randrange(50_000, 2_000_000)
    invoice = f"INV-{seed}-{number}"
    sale = {"domain": company.domain, "invoice": invoice, "amount": amount, "currency": "JPY"}
    say("crm", "deal", "conversion", occurred_at=when(96), **sale)
    say(
        "billing", "paid", "conversion", occurred_at=when(96), **sale
    )  # the same invoice from a second system
    if dice.random() < 0.15:
        second = {**sale, "invoice": f"{invoice}-b", "amount": amount // 2}
        say("billing", "renewal", "conversion", occurred_at=when(900), **second)
    refunded, left = 0, amount
    company.contract = Contract(datetime.fromisoformat(when(96)), amount)
    for act, chance in (("first", 0.35), ("late", 0.25)):
        if dice.random() < chance:
            for part in range(dice.choice((1, 2))):
                back = left if dice.random() < 0.2 else dice.randrange(left + 1)
                if back == 0:
                    break
                reference = f"RF-{act}-{part}-{seed}-{number}"
                say(
                    "billing",
                    f"refund-{act}-{part}",
                    "refund",
                    late=act == "late",
                    invoice=invoice,
                    reference=reference,
                    amount=back,
                    occurred_at=when(200 + part),
                )
                refunded, left = refunded + back, left - back
        if act == "first":
            company.contract.first = refunded
    company.contract.last = refunded
    share = min(amount * SHARE // 10_000, CAP)
    gross = (
        {"referrer": FIXED, "referee": FIXED}
        if company.program == "drill-fixed"
        else {"referrer": share}
    )
    company.worth = {side: value - value * refunded // amount for side, value in gross.items()}

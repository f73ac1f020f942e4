"""Objects of introductions that the permission matrix and flows ask for, made through the services."""

from __future__ import annotations

from typing import Any

from portal.core import time
from referrals.models import (
    Dispute,
    Fact,
    PayoutBatch,
    Program,
    ReferenceRequest,
    Referral,
    Reward,
    RewardRule,
    RiskFinding,
    TermsVersion,
)
from referrals.services import desk, payouts, reference_calls, risk
from referrals.services.facts import receive_fact
from referrals.services.introductions import introduce_person
from referrals.services.links import link_for
from tests import people


def make_program(**fields: Any) -> Program:
    """The program every test knows: ¥30,000 for both sides when the introduced company is won."""
    given = {
        "slug": "friends", "name_ja": "お客さま紹介", "name_en": "Customer referrals", "state": "open",
        "is_default": True, "created_at": people.NOW, **fields,
    }  # fmt: skip
    program = Program.objects.create(**given)
    TermsVersion.objects.create(
        program=program, number=1, text_ja="規約", text_en="Terms", published_at=people.NOW.replace(month=1)
    )
    for side in ("referrer", "referee"):
        RewardRule.objects.create(program=program, milestone="won", side=side, amount=30_000)
    return program


def tell(kind: str, name: str, **body: Any) -> Any:
    """Deliver one fact as another system would."""
    return receive_fact(source="test", external_id=name, kind=kind, body=body, now=people.NOW)


def won_referral(referrer: Any, program: Program, *, domain: str = "aoba.example", name: str = "1") -> Referral:
    """Somebody introduced 青葉製作所 by code, and it became a customer for ¥1,000,000."""
    link = link_for(user=referrer, program=program, now=people.NOW)
    at = people.NOW.isoformat()
    told = tell(
        "introduction", f"i{name}", code=link.code, domain=domain, company="青葉製作所", claim="code", occurred_at=at
    )
    tell(
        "conversion", f"c{name}", domain=domain, invoice=f"INV-{name}", amount=1_000_000, currency="JPY", occurred_at=at
    )
    return Referral.objects.select_related("program").get(public_id=told.result["referral"])


class Made:
    """What the matrix needs, from one won introduction of aki's."""

    def __init__(self, aki: Any, kato: Any) -> None:
        self.program = make_program()
        self.referral = won_referral(aki, self.program)
        self.reward = Reward.objects.get(referral=self.referral, side="referrer")
        self.aki, self.kato = aki, kato

    def token(self) -> str:
        return introduce_person(
            program=self.program, referrer=self.aki, name="青木", company="別の会社", now=time.now()
        )[1]

    def batch(self) -> PayoutBatch:
        return payouts.reserve_batch(program=self.program, reward_ids=[], actor=self.kato, now=people.NOW)

    def finding(self) -> RiskFinding:
        risk.find(self.referral, "velocity", "doubt", people.NOW)
        return RiskFinding.objects.get(referral=self.referral)

    def dispute(self) -> Dispute:
        return desk.open_dispute(referral=self.referral, user=self.aki, text="なぜですか", now=people.NOW)

    def call(self, peer: Any, *, agreed: bool = False) -> ReferenceRequest:
        """mio is asked whether she would speak with a prospect; `agreed`: she said yes."""
        row = reference_calls.ask_for_call(
            company="青葉製作所", name="青木 恵", email="ao@aoba.example", topic="月次の締め", times="平日の午前", agrees=True,
            actor=self.kato, now=people.NOW,
        )  # fmt: skip
        reference_calls.invite_peer(request=row, peer=peer, actor=self.kato, now=people.NOW)
        if agreed:
            reference_calls.answer_invitation(request=row, peer=peer, answer="yes", now=people.NOW)
        return row

    def fact(self) -> Fact:
        return Fact.objects.get(pk=tell("refund", "r9", invoice="INV-unknown", amount=1).fact_id)

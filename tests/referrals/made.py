"""Objects of introductions for the permission matrix and flows, created through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.core import time
from portal.core.web import sharing
from referrals.models import (
    DealImport,
    Dispute,
    Fact,
    InboundMessage,
    InboundSource,
    PayoutBatch,
    Program,
    ReferenceRequest,
    Referral,
    ReferralLink,
    Reward,
    RewardRule,
    RiskFinding,
    TermsVersion,
)
from referrals.services import reference_calls
from referrals.services.facts.record import receive_fact
from referrals.services.intake.imports import begin_import
from referrals.services.intake.sources import add_source
from referrals.services.intake.webhooks import take_message
from referrals.services.introductions import staff_actions
from referrals.services.introductions.introductions import introduce_person
from referrals.services.links.links import link_for
from referrals.services.links.shared_content import content_link_for
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger_checks import check_ledger
from referrals.services.state import risk
from tests import people


def make_program(**fields: Any) -> Program:
    """The program every test knows: ¥30,000 for both sides when the introduced company is won."""
    given = {
        "slug": "friends",
        "name_ja": "お客さま紹介",
        "name_en": "Customer referrals",
        "state": "open",
        "is_default": True,
        "created_at": people.NOW,
        **fields,
    }
    program = Program.objects.create(**given)
    TermsVersion.objects.create(
        program=program,
        number=1,
        text_ja="規約",
        text_en="Terms",
        published_at=people.NOW.replace(month=1),
    )
    for side in ("referrer", "referee"):
        RewardRule.objects.create(program=program, milestone="won", side=side, amount=30_000)
    return program


def tell(kind: str, name: str, **body: Any) -> Any:
    """Deliver one fact as another system would."""
    return receive_fact(source="test", external_id=name, kind=kind, body=body, now=people.NOW)


def ledger_checks_pass() -> None:
    assert {key: count for key, count in check_ledger().items() if count} == {}


def won_referral(
    referrer: Any, program: Program, *, domain: str = "aoba.example", name: str = "1"
) -> Referral:
    """Somebody introduced 青葉製作所 by code, and it became a customer for ¥1,000,000."""
    link = link_for(user=referrer, program=program, now=people.NOW)
    at = people.NOW.isoformat()
    told = tell(
        "introduction",
        f"i{name}",
        code=link.code,
        domain=domain,
        company="青葉製作所",
        claim="code",
        occurred_at=at,
    )
    tell(
        "conversion",
        f"c{name}",
        domain=domain,
        invoice=f"INV-{name}",
        amount=1_000_000,
        currency="JPY",
        occurred_at=at,
    )
    return Referral.objects.select_related("program").get(public_id=told.result["referral"])


class Made:
    """What the matrix needs, from one won introduction of aki's."""

    def __init__(self, aki: Any, kato: Any) -> None:
        self.program = make_program()
        self.referral = won_referral(aki, self.program)
        self.reward = Reward.objects.get(referral=self.referral, side="referrer")
        self.aki, self.kato = aki, kato

    def named(self) -> Referral:
        """Somebody aki introduced by name, who has not answered."""
        return introduce_person(
            program=self.program, referrer=self.aki, name="青木", company="別の会社", now=time.now()
        )[0]

    def token(self) -> str:
        return introduce_person(
            program=self.program, referrer=self.aki, name="青木", company="別の会社", now=time.now()
        )[1]

    def content_link(self) -> ReferralLink:
        """aki's link to a question of their own."""
        content = sharing.Shareable(
            "/questions/7/", "/questions/7/", "community.topic:7", "請求書", "質問"
        )
        return content_link_for(
            user=self.aki, program=self.program, content=content, now=people.NOW
        )

    def batch(self) -> PayoutBatch:
        return PayoutBatch.objects.create(
            program=self.program, created_at=people.NOW, created_by_id=self.kato.pk
        )

    def line(self) -> list[Any]:
        """A batch and one of its lines, from another won introduction, paid by hand."""
        number = PayoutBatch.objects.count()
        won_referral(self.aki, self.program, domain=f"line{number}.example", name=f"line{number}")
        reward = Reward.objects.get(
            referral__organization__email_domains__domain=f"line{number}.example", side="referee"
        )
        approvals.approve_reward(reward_id=reward.pk, actor=self.kato, now=people.NOW)
        approvals.mature_due(now=people.NOW + timedelta(days=31))
        batch = payouts.reserve_batch(
            program=self.program, reward_ids=[reward.pk], actor=self.kato, now=people.NOW
        )
        return [batch.public_id, batch.lines.get().pk]

    def finding(self) -> RiskFinding:
        risk.find(self.referral, "velocity", "doubt", people.NOW)
        return RiskFinding.objects.get(referral=self.referral)

    def dispute(self) -> Dispute:
        return staff_actions.open_dispute(
            referral=self.referral, user=self.aki, text="なぜですか", now=people.NOW
        )

    def call(self, peer: Any, *, agreed: bool = False) -> ReferenceRequest:
        """mio is asked for a reference call; `agreed`: mio said yes."""
        row = reference_calls.ask_for_call(
            company="青葉製作所",
            name="青木 恵",
            email="ao@aoba.example",
            topic="月次の締め",
            times="平日の午前",
            agrees=True,
            actor=self.kato,
            now=people.NOW,
        )
        reference_calls.invite_peer(request=row, peer=peer, actor=self.kato, now=people.NOW)
        if agreed:
            reference_calls.answer_invitation(request=row, peer=peer, answer="yes", now=people.NOW)
        return row

    def fact(self) -> Fact:
        return Fact.objects.get(pk=tell("refund", "r9", invoice="INV-unknown", amount=1).fact_id)

    def source(self) -> InboundSource:
        return add_source(
            kind="hubspot", name="HubSpot", program=self.program, actor=self.kato, now=people.NOW
        )[0]

    def message(self) -> InboundMessage:
        source = self.source()
        take_message(source=source, external_id="m1", body=b"{}", headers={}, now=people.NOW)
        return InboundMessage.objects.get(source=source)

    def deals(self) -> DealImport:
        data = b"Record ID,Deal Stage,Email\n1,Closed Won,info@aoba.example\n"
        return begin_import(
            source=self.source(), data=data, file_name="a.csv", actor=self.kato, now=people.NOW
        )

"""Event types of introductions."""

from __future__ import annotations

from dataclasses import dataclass

from portal.events import Payload, event_type


@event_type("referrals.link.shared")
@dataclass(frozen=True)
class LinkShared(Payload):
    """A customer shared their link."""

    title: str
    url: str
    referrer_id: int
    program: str
    channel: str
    content: str = ""  # the path of what was shared; "" for the program itself


@event_type("referrals.ask.made")
@dataclass(frozen=True)
class AskMade(Payload):
    """A person was asked for an introduction; `kind` says on which occasion."""

    title: str
    url: str
    user_id: int
    program: str
    kind: str


@dataclass(frozen=True)
class ReferralFact(Payload):
    """What every fact about one introduction says. Names of introduced people are not in it."""

    title: str
    url: str
    referral_id: str
    referrer_id: int
    referrer_organization_id: int | None
    referee_organization_id: int | None
    program: str


@event_type("referrals.referral.recorded")
@dataclass(frozen=True)
class ReferralRecorded(ReferralFact):
    """An introduction arrived."""

    kind: str


@event_type("referrals.referral.moved")
@dataclass(frozen=True)
class ReferralMoved(ReferralFact):
    """An introduction changed its state."""

    before: str
    after: str
    reason: str


@event_type("referrals.referral.won")
@dataclass(frozen=True)
class ReferralWon(ReferralFact):
    """An introduced company became a customer."""

    rewards: list[dict[str, object]]


@event_type("referrals.referral.refunded")
@dataclass(frozen=True)
class ReferralRefunded(ReferralFact):
    """A sale to an introduced company was given back, or a part of it."""

    amount: int
    currency: str


@event_type("referrals.referral.attributed")
@dataclass(frozen=True)
class ReferralAttributed(ReferralFact):
    """Somebody was credited for a company, or the credit moved."""

    rule: str
    replaced: str


@event_type("referrals.referral.disputed")
@dataclass(frozen=True)
class ReferralDisputed(ReferralFact):
    """A referrer, or a late fact, asks to look again at who is credited."""

    due_at: str


@event_type("referrals.referral.noted")
@dataclass(frozen=True)
class ReferralNoted(ReferralFact):
    """The referrer got a note between two steps; `until` is the date it names."""

    code: str
    is_automatic: bool
    handler_id: int | None
    until: str


@dataclass(frozen=True)
class ReferenceFact(Payload):
    """What every fact about a reference call says; `title` is its topic.

    The prospect is not named in it.
    """

    title: str
    url: str
    request_id: str
    referral_id: str
    peer_id: int | None
    peer_organization_id: int | None
    handler_id: int | None


@event_type("referrals.reference.asked")
@dataclass(frozen=True)
class ReferenceAsked(ReferenceFact):
    """A prospect would like to speak with a customer."""


@event_type("referrals.reference.invited")
@dataclass(frozen=True)
class ReferenceInvited(ReferenceFact):
    """A customer was asked for a reference call."""


@event_type("referrals.reference.answered")
@dataclass(frozen=True)
class ReferenceAnswered(ReferenceFact):
    """The customer said yes, no or another time."""

    answer: str


@event_type("referrals.reference.agreed")
@dataclass(frozen=True)
class ReferenceAgreed(ReferenceFact):
    """Both agreed; each may see the other's name and address now."""


@event_type("referrals.reference.ended")
@dataclass(frozen=True)
class ReferenceEnded(ReferenceFact):
    """One side said whether the call took place."""

    happened: bool


@dataclass(frozen=True)
class RewardFact(Payload):
    """What every fact about one reward says."""

    title: str
    url: str
    reward_id: str
    referral_id: str
    referrer_id: int
    side: str
    milestone: str
    amount: int
    currency: str
    user_id: int | None
    beneficiary_organization_id: int | None
    program: str


@event_type("referrals.reward.granted")
@dataclass(frozen=True)
class RewardGranted(RewardFact):
    """A reward was put on hold in the ledger."""

    due_at: str


@event_type("referrals.reward.approved")
@dataclass(frozen=True)
class RewardApproved(RewardFact):
    """A person approved a reward."""


@event_type("referrals.reward.reversed")
@dataclass(frozen=True)
class RewardReversed(RewardFact):
    """Part or all of a reward was taken back; `taken` in minor units."""

    taken: int
    reason: str


@event_type("referrals.reward.paid")
@dataclass(frozen=True)
class RewardPaid(RewardFact):
    """A reward was paid."""


@event_type("referrals.facts.stranded")
@dataclass(frozen=True)
class FactsStranded(Payload):
    """Messages of one system have waited for over a day for something that should have come."""

    title: str
    url: str
    source: str
    count: int
    fact_ids: list[int]


@event_type("referrals.deals.imported")
@dataclass(frozen=True)
class DealsImported(Payload):
    """A file of deals was worked through; the counts add up to its rows."""

    title: str
    url: str
    user_id: int | None
    rows: int
    created: int
    updated: int
    parked: int
    skipped: int
    failed: int


@event_type("referrals.payment.failed")
@dataclass(frozen=True)
class PaymentFailed(Payload):
    """A service refused a payment or never answered; `is_unsure`: it may have carried it out all
    the same.
    """

    title: str
    url: str
    payment: str
    reward_id: str
    amount: int
    currency: str
    reason: str
    is_unsure: bool
    sent_by_id: int | None
    created_by_id: int | None

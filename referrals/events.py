"""The facts of introductions."""

from __future__ import annotations

from dataclasses import dataclass

from portal.events import Payload, event_type


@event_type("referrals.link.shared")
@dataclass(frozen=True)
class LinkShared(Payload):
    """A customer shared her link."""

    title: str
    url: str
    referrer_id: int
    program: str
    channel: str


@event_type("referrals.ask.made")
@dataclass(frozen=True)
class AskMade(Payload):
    """A person was asked whether she knows somebody; `kind` says at which moment."""

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

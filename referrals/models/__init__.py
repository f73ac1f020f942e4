"""The models of introductions, one module per noun."""

from referrals.models.attribution import Attribution, AttributionCandidate, Dispute
from referrals.models.books import BooksCheck
from referrals.models.clicks import Click, ClickDay
from referrals.models.conversions import Conversion, ConversionSighting, Refund, RefundTotal
from referrals.models.facts import Fact
from referrals.models.imports import DealImport, DealRow
from referrals.models.inbound import InboundMessage, InboundSource
from referrals.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from referrals.models.links import ReferralLink, ShareLog
from referrals.models.milestones import ClickMonth, Milestones, StaleMilestones
from referrals.models.notes import ReferralNote
from referrals.models.organizations import ReferredOrganization, Step
from referrals.models.payouts import PayoutBatch, PayoutLine, PayoutRoute
from referrals.models.programs import Program, RewardRule, TermsVersion
from referrals.models.reference_calls import (
    ReferenceChange,
    ReferenceInvitation,
    ReferenceOutcome,
    ReferencePreference,
    ReferenceRequest,
)
from referrals.models.referrals import Referral, ReferralChange, RiskFinding
from referrals.models.rewards import Reward, RewardChange
from referrals.models.signups import PendingClaim

__all__ = [
    "Attribution",
    "AttributionCandidate",
    "BooksCheck",
    "Click",
    "ClickDay",
    "ClickMonth",
    "Conversion",
    "ConversionSighting",
    "DealImport",
    "DealRow",
    "Dispute",
    "Fact",
    "InboundMessage",
    "InboundSource",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Milestones",
    "PayoutBatch",
    "PayoutLine",
    "PayoutRoute",
    "PendingClaim",
    "Program",
    "ReferenceChange",
    "ReferenceInvitation",
    "ReferenceOutcome",
    "ReferencePreference",
    "ReferenceRequest",
    "Referral",
    "ReferralChange",
    "ReferralLink",
    "ReferralNote",
    "ReferredOrganization",
    "Refund",
    "RefundTotal",
    "Reward",
    "RewardChange",
    "RewardRule",
    "RiskFinding",
    "ShareLog",
    "StaleMilestones",
    "Step",
    "TermsVersion",
]

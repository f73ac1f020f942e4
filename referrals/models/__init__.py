"""Models of introductions, one module per noun."""

from referrals.models.aggregates import (
    ClickCount,
    MilestoneCount,
    SourceCount,
    SpreadCount,
    WaitCount,
)
from referrals.models.asks import Ask, EarnedMoment
from referrals.models.attribution import Attribution, AttributionCandidate, Dispute
from referrals.models.clicks import Click, ClickDay
from referrals.models.conversions import (
    Conversion,
    ConversionSighting,
    FailedRefund,
    Refund,
    RefundTotal,
)
from referrals.models.facts import Fact
from referrals.models.imports import DealImport, DealRow
from referrals.models.inbound import InboundMessage, InboundSource
from referrals.models.leaderboards import BoardChoice
from referrals.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from referrals.models.ledger_checks import BooksCheck
from referrals.models.limits import YearlyTotal
from referrals.models.links import ReferralLink, ShareLog
from referrals.models.milestones import ClickMonth, Milestones, RollupMark
from referrals.models.notes import ReferralNote
from referrals.models.organizations import ReferredOrganization, Step
from referrals.models.payouts import PayoutBatch, PayoutLine, PayoutRoute
from referrals.models.programs import Program, ProgramChange, RewardRule, TermsVersion
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
    "Ask",
    "Attribution",
    "AttributionCandidate",
    "BoardChoice",
    "BooksCheck",
    "Click",
    "ClickCount",
    "ClickDay",
    "ClickMonth",
    "Conversion",
    "ConversionSighting",
    "DealImport",
    "DealRow",
    "Dispute",
    "EarnedMoment",
    "Fact",
    "FailedRefund",
    "InboundMessage",
    "InboundSource",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "MilestoneCount",
    "Milestones",
    "PayoutBatch",
    "PayoutLine",
    "PayoutRoute",
    "PendingClaim",
    "Program",
    "ProgramChange",
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
    "RollupMark",
    "ShareLog",
    "SourceCount",
    "SpreadCount",
    "Step",
    "TermsVersion",
    "WaitCount",
    "YearlyTotal",
]

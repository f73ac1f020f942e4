"""The models of introductions, one module per noun."""

from referrals.models.attribution import Attribution, AttributionCandidate, Dispute
from referrals.models.books import BooksCheck
from referrals.models.clicks import Click, ClickDay
from referrals.models.conversions import Conversion, ConversionSighting, Refund
from referrals.models.facts import Fact
from referrals.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from referrals.models.links import ReferralLink, ShareLog
from referrals.models.notes import ReferralNote
from referrals.models.organizations import ReferredOrganization, Step
from referrals.models.programs import Program, RewardRule, TermsVersion
from referrals.models.reference_calls import (
    ReferenceChange,
    ReferenceInvitation,
    ReferenceOutcome,
    ReferencePreference,
    ReferenceRequest,
)
from referrals.models.referrals import Referral, ReferralChange, RiskFinding
from referrals.models.rewards import PayoutBatch, PayoutLine, Reward, RewardChange
from referrals.models.signups import PendingClaim

__all__ = [
    "Attribution",
    "AttributionCandidate",
    "BooksCheck",
    "Click",
    "ClickDay",
    "Conversion",
    "ConversionSighting",
    "Dispute",
    "Fact",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "PayoutBatch",
    "PayoutLine",
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
    "Reward",
    "RewardChange",
    "RewardRule",
    "RiskFinding",
    "ShareLog",
    "Step",
    "TermsVersion",
]

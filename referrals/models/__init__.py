"""The models of introductions, one module per noun."""

from referrals.models.asks import Ask, EarnedMoment
from referrals.models.attribution import Attribution, AttributionCandidate, Dispute
from referrals.models.boards import BoardChoice
from referrals.models.books import BooksCheck
from referrals.models.clicks import Click, ClickDay
from referrals.models.conversions import Conversion, ConversionSighting, Refund
from referrals.models.facts import Fact
from referrals.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from referrals.models.limits import YearlyTotal
from referrals.models.links import ReferralLink, ShareLog
from referrals.models.organizations import ReferredOrganization, Step
from referrals.models.programs import Program, ProgramChange, RewardRule, TermsVersion
from referrals.models.referrals import Referral, ReferralChange, RiskFinding
from referrals.models.rewards import PayoutBatch, PayoutLine, Reward, RewardChange
from referrals.models.signups import PendingClaim

__all__ = [
    "Ask",
    "Attribution",
    "AttributionCandidate",
    "BoardChoice",
    "BooksCheck",
    "Click",
    "ClickDay",
    "Conversion",
    "ConversionSighting",
    "Dispute",
    "EarnedMoment",
    "Fact",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "PayoutBatch",
    "PayoutLine",
    "PendingClaim",
    "Program",
    "ProgramChange",
    "Referral",
    "ReferralChange",
    "ReferralLink",
    "ReferredOrganization",
    "Refund",
    "Reward",
    "RewardChange",
    "RewardRule",
    "RiskFinding",
    "ShareLog",
    "Step",
    "TermsVersion",
    "YearlyTotal",
]

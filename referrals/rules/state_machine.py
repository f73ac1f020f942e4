"""The state machines of introductions, rewards and payments, and of what other systems tell.

The services that move them are beside them in services/; the notation is
portal.core.db.state_machine.
"""

from __future__ import annotations

from typing import Final

from portal.core.db.state_machine import Stages, StateMachine, step
from referrals.models.attribution import Dispute
from referrals.models.facts import Fact
from referrals.models.inbound import InboundMessage
from referrals.models.payouts import PayoutBatch, PayoutLine
from referrals.models.programs import Program
from referrals.models.referrals import Referral
from referrals.models.rewards import Reward

REFERRER, PROSPECT, SALES, REVIEWER, SYSTEM = "referrer", "prospect", "sales", "reviewer", "system"

S = Referral.State
# How far a company has come. A later stage implies the earlier ones.
STAGES: Final = (S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY, S.WON, S.LIVE)
OPEN: Final = frozenset({S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY})
ENDED: Final = frozenset(
    {S.DECLINED, S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.LOST, S.DISQUALIFIED, S.MERGED}
)
EARLY: Final = (S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED)

REFERRAL: Final = StateMachine(
    name="introduction",
    model=Referral,
    states=S,
    initial=frozenset({S.DRAFT, S.SUBMITTED}),
    transitions=(
        *step(S.DRAFT, S.SUBMITTED, REFERRER, SYSTEM),
        *step(S.SUBMITTED, S.CONSENT_PENDING, REFERRER, SYSTEM),
        *step(S.SUBMITTED, S.ACCEPTED, SALES, SYSTEM),
        *step(S.CONSENT_PENDING, S.ACCEPTED, PROSPECT, SALES, SYSTEM),
        *step(EARLY, S.DECLINED, PROSPECT),
        *step(S.LOST, S.ACCEPTED, SALES, reason=True),
        *step((S.REJECTED, S.EXPIRED), S.ACCEPTED, SALES, SYSTEM, reason=True),
        *step(S.DISQUALIFIED, S.ACCEPTED, REVIEWER, reason=True),
        *step((S.SUBMITTED, S.CONSENT_PENDING, *STAGES), S.REJECTED, SALES, SYSTEM, reason=True),
        *step((S.DRAFT, *EARLY), S.WITHDRAWN, REFERRER),
        *step(EARLY, S.EXPIRED, SYSTEM, reason=True),
        *step((S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY), S.LOST, SALES, SYSTEM, reason=True),
        *step((*sorted(OPEN), S.WON, S.LIVE), S.DISQUALIFIED, REVIEWER, reason=True),
        *step(EARLY, S.MERGED, SALES, SYSTEM, reason=True),
        *step(S.ACCEPTED, S.QUALIFIED, SALES, SYSTEM),
        *step(S.QUALIFIED, S.OPPORTUNITY, SALES, SYSTEM),
        *step(S.OPPORTUNITY, S.WON, SALES, SYSTEM),
        *step(S.WON, S.LIVE, SALES, SYSTEM),
        *step(S.LOST, (S.QUALIFIED, S.OPPORTUNITY, S.WON), SYSTEM, reason=True),
    ),
    rule="introductions_move_by_their_table",
    open=OPEN,
    stages=Stages(STAGES),
)
RANK: Final = REFERRAL.stages.rank

R = Reward.State
ON_HOLD: Final = frozenset({R.HELD, R.PENDING, R.APPROVED})
# a payment that failed without a clear refusal may turn out to have been made (services/unsure.py)
WAS_PAID: Final = (
    "EXISTS (SELECT 1 FROM referrals_payoutline WHERE reward_id = NEW.id AND is_unsure)"
)

REWARD: Final = StateMachine(
    name="reward",
    model=Reward,
    states=R,
    initial=frozenset({R.HELD, R.PENDING}),
    transitions=(
        *step(R.PENDING, (R.HELD, R.APPROVED)),
        *step(R.HELD, (R.PENDING, R.APPROVED)),
        *step(R.APPROVED, (R.AVAILABLE, R.HELD)),
        *step(R.AVAILABLE, R.RESERVED),
        *step(R.RESERVED, (R.AVAILABLE, R.FULFILLED)),
        *step((R.HELD, R.PENDING, R.APPROVED, R.AVAILABLE), R.REVERSED),
        *step(R.REVERSED, (R.HELD, R.PENDING)),
        *step(R.REVERSED, R.RESERVED, condition=WAS_PAID),
    ),
    rule="rewards_move_by_their_table",
    open=frozenset({*ON_HOLD, R.AVAILABLE, R.RESERVED}),
)

B = PayoutBatch.State
PAYOUT_BATCH: Final = StateMachine(
    name="payment",
    model=PayoutBatch,
    states=B,
    initial=frozenset({B.RESERVED}),
    transitions=(
        *step(B.RESERVED, (B.SENDING, B.SETTLED, B.FAILED)),
        *step(B.SENDING, (B.SETTLED, B.FAILED)),
        *step((B.SETTLED, B.FAILED), B.SENDING),  # a line is tried again, or was paid after all
    ),
    rule="payments_move_by_their_table",
    open=frozenset({B.RESERVED, B.SENDING}),
)

L = PayoutLine.State
PAYOUT_LINE: Final = StateMachine(
    name="payment line",
    model=PayoutLine,
    states=L,
    initial=frozenset({L.RESERVED}),
    transitions=(
        *step(L.RESERVED, (L.SENT, L.SETTLED, L.FAILED)),
        *step(L.SENT, (L.SETTLED, L.FAILED)),
        *step(L.FAILED, L.RESERVED),
    ),
    rule="lines_move_by_their_table",
    open=frozenset({L.RESERVED, L.SENT}),
)

P = Program.State
PROGRAM: Final = StateMachine(
    name="program",
    model=Program,
    states=P,
    initial=frozenset({P.DRAFT, P.OPEN}),  # the sample's programs are open from the beginning
    transitions=(
        *step(P.DRAFT, P.OPEN),
        *step(P.OPEN, (P.PAUSED, P.ENDED)),
        *step(P.PAUSED, (P.OPEN, P.ENDED)),
    ),
    rule="programs_move_by_their_table",
)

D = Dispute.State
DISPUTE: Final = StateMachine(
    name="dispute",
    model=Dispute,
    states=D,
    initial=frozenset({D.OPEN}),
    transitions=step(D.OPEN, (D.UPHELD, D.REFUSED)),
    rule="disputes_move_by_their_table",
)

F = Fact.State
FACT: Final = StateMachine(
    name="fact",
    model=Fact,
    states=F,
    initial=frozenset({F.APPLIED}),  # the row is written before its effect, in one transaction
    transitions=(
        *step(F.APPLIED, (F.PARKED, F.REVIEW)),
        *step(F.PARKED, (F.APPLIED, F.REVIEW, F.DISMISSED)),
        *step(F.REVIEW, (F.APPLIED, F.PARKED, F.DISMISSED)),
    ),
    rule="facts_move_by_their_table",
    open=frozenset({F.PARKED, F.REVIEW}),
)

M = InboundMessage.State
MESSAGE: Final = StateMachine(
    name="message",
    model=InboundMessage,
    states=M,
    initial=frozenset({M.RECEIVED}),
    transitions=(
        *step((M.RECEIVED, M.FAILED), (M.PROCESSED, M.IGNORED, M.UNUSABLE)),
        *step(M.RECEIVED, M.FAILED),
        *step(M.UNUSABLE, (M.PROCESSED, M.IGNORED, M.FAILED)),  # read anew by another mapping
    ),
    rule="messages_move_by_their_table",
    open=frozenset({M.RECEIVED, M.FAILED}),
)

MACHINES: Final = (REFERRAL, REWARD, PAYOUT_BATCH, PAYOUT_LINE, PROGRAM, DISPUTE, FACT, MESSAGE)

"""The state machines of reference calls and of the customers asked for one.

services/reference_calls.py moves them; the notation is portal.core.db.state_machine.
"""

from __future__ import annotations

from typing import Final

from portal.core.db.state_machine import StateMachine, step
from referrals.models.reference_calls import ReferenceInvitation, ReferenceRequest

PEER, PROSPECT, STAFF, SYSTEM = "peer", "prospect", "staff", "system"

S = ReferenceRequest.State
OPEN: Final = frozenset({S.ASKED, S.INVITED, S.SUGGESTED, S.WAITING, S.AGREED})

REFERENCE_CALL: Final = StateMachine(
    name="reference call",
    model=ReferenceRequest,
    states=S,
    initial=frozenset({S.ASKED}),
    transitions=(
        *step(S.ASKED, S.INVITED, STAFF),
        *step(S.INVITED, S.ASKED, PEER, STAFF, SYSTEM),
        *step(S.INVITED, (S.SUGGESTED, S.WAITING, S.AGREED), PEER),
        # the time suits; their yes waits until staff have spoken with them
        *step(S.SUGGESTED, S.WAITING, PROSPECT),
        *step(S.SUGGESTED, S.AGREED, PROSPECT, STAFF),
        *step(S.SUGGESTED, S.ASKED, PROSPECT, STAFF, PEER),
        *step(S.WAITING, S.AGREED, PROSPECT, STAFF),
        *step((S.WAITING, S.AGREED), S.ASKED, PEER, STAFF),
        *step(S.AGREED, (S.HELD, S.FAILED), PEER, PROSPECT, STAFF),
        *step(sorted(OPEN), S.WITHDRAWN, PROSPECT, STAFF, SYSTEM),
    ),
    rule="reference_calls_move_by_their_table",
    open=OPEN,
)

I = ReferenceInvitation.State  # noqa: E741  I: an invitation's states
LIVE: Final = (I.INVITED, I.SUGGESTED, I.ACCEPTED)
INVITATION: Final = StateMachine(
    name="invitation",
    model=ReferenceInvitation,
    states=I,
    initial=frozenset({I.INVITED}),
    transitions=(
        *step(I.INVITED, (I.SUGGESTED, I.ACCEPTED)),
        *step(I.SUGGESTED, I.ACCEPTED),
        *step(LIVE, (I.DECLINED, I.TAKEN_BACK)),
    ),
    rule="invitations_move_by_their_table",
    open=frozenset(LIVE),
)

MACHINES: Final = (REFERENCE_CALL, INVITATION)

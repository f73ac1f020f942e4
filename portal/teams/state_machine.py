"""The state machine of signals. The notation is portal.core.db.state_machine."""

from __future__ import annotations

from typing import Final

from portal.core.db.state_machine import StateMachine, step
from portal.teams.models.signals import Signal

STAFF, SYSTEM = "staff", "system"

S = Signal.State
SIGNAL: Final = StateMachine(
    name="signal",
    model=Signal,
    states=S,
    initial=frozenset({S.OPEN}),
    transitions=(
        *step((S.OPEN, S.SNOOZED), S.CLAIMED, STAFF),
        *step(S.CLAIMED, S.OPEN, STAFF),
        *step((S.OPEN, S.CLAIMED), S.SNOOZED, STAFF, reason=True),
        *step(S.SNOOZED, S.OPEN, SYSTEM),
        *step((S.OPEN, S.CLAIMED, S.SNOOZED), S.RESOLVED, STAFF, SYSTEM),
        *step(S.RESOLVED, (S.OPEN, S.CLAIMED), STAFF, SYSTEM),
    ),
    rule="signals_move_by_their_table",
    open=frozenset({S.OPEN, S.CLAIMED, S.SNOOZED}),
)

MACHINES: Final = (SIGNAL,)

"""The state machine of long jobs. The notation is portal.core.db.state_machine."""

from __future__ import annotations

from typing import Final

from portal.core.db.state_machine import StateMachine, step
from portal.core.models import LongJob

S = LongJob.State
LONG_JOB: Final = StateMachine(
    name="long job",
    model=LongJob,
    states=S,
    initial=frozenset({S.WAITING}),
    transitions=(
        *step(S.WAITING, (S.RUNNING, S.STOPPED)),
        *step(S.RUNNING, (S.DONE, S.FAILED, S.STOPPED)),
    ),
    rule="long_jobs_move_by_their_table",
)

MACHINES: Final = (LONG_JOB,)

"""How far an introduction came, as one number: 0 introduced, 1 registered, then the stages of the
state machine.
"""

from __future__ import annotations

from typing import Final

from referrals.rules import state_machine

REGISTERED: Final = 1
QUALIFIED, OPPORTUNITY, WON, LIVE = (
    REGISTERED + state_machine.RANK[stage] for stage in state_machine.STAGES[1:]
)


def rank_of(state: str, *, is_registered: bool) -> int:
    """Return how far a state alone says that an introduction came."""
    stage = state_machine.RANK.get(state, 0)
    return REGISTERED + stage if stage else int(is_registered) * REGISTERED

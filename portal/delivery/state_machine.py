"""The state machine of deliveries. The notation is portal.core.db.state_machine."""

from __future__ import annotations

from typing import Final

from portal.core.db.state_machine import StateMachine, step
from portal.delivery.models import Delivery

S = Delivery.State
DELIVERY: Final = StateMachine(
    name="delivery",
    model=Delivery,
    states=S,
    initial=frozenset({S.WAITING}),
    transitions=(
        *step(S.WAITING, (S.DELIVERED, S.DEAD)),
        *step((S.DELIVERED, S.DEAD), S.WAITING),  # sent again
    ),
    rule="deliveries_move_by_their_table",
    open=frozenset({S.WAITING}),
)

MACHINES: Final = (DELIVERY,)

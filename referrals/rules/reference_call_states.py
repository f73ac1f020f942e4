"""The state machine of reference calls, as data. services/reference_calls.py applies it."""

from __future__ import annotations

from typing import Final

from referrals.models.reference_calls import ReferenceRequest

S = ReferenceRequest.State
PEER, PROSPECT, STAFF, SYSTEM = "peer", "prospect", "staff", "system"
OPEN: Final = frozenset({S.ASKED, S.INVITED, S.SUGGESTED, S.WAITING, S.AGREED})

TRANSITIONS: Final[dict[tuple[str, str], frozenset[str]]] = {
    (S.ASKED, S.INVITED): frozenset({STAFF}),
    (S.INVITED, S.ASKED): frozenset({PEER, STAFF, SYSTEM}),
    (S.INVITED, S.SUGGESTED): frozenset({PEER}),
    (S.INVITED, S.WAITING): frozenset({PEER}),
    (S.INVITED, S.AGREED): frozenset({PEER}),
    (S.SUGGESTED, S.WAITING): frozenset(
        {PROSPECT}
    ),  # the time suits; the prospect's yes waits until staff have spoken with them
    (S.SUGGESTED, S.AGREED): frozenset({PROSPECT, STAFF}),
    (S.SUGGESTED, S.ASKED): frozenset({PROSPECT, STAFF, PEER}),
    (S.WAITING, S.AGREED): frozenset({PROSPECT, STAFF}),
    (S.WAITING, S.ASKED): frozenset({PEER, STAFF}),
    (S.AGREED, S.ASKED): frozenset({PEER, STAFF}),
    (S.AGREED, S.HELD): frozenset({PEER, PROSPECT, STAFF}),
    (S.AGREED, S.FAILED): frozenset({PEER, PROSPECT, STAFF}),
    **{(state, S.WITHDRAWN): frozenset({PROSPECT, STAFF, SYSTEM}) for state in OPEN},
}


def allowed(before: str, after: str, role: str) -> bool:
    """Say whether `role` may move a reference call from `before` to `after`."""
    return role in TRANSITIONS.get((before, after), frozenset())

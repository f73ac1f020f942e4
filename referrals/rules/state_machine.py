"""State machines of introductions and rewards, as data.

The functions that apply them live in services.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from referrals.models.referrals import Referral
from referrals.models.rewards import Reward

S = Referral.State
REFERRER, PROSPECT, SALES, REVIEWER, SYSTEM = "referrer", "prospect", "sales", "reviewer", "system"


@dataclass(frozen=True)
class Transition:
    """One allowed move: who may make it, and whether it needs a reason in words."""

    roles: frozenset[str]
    needs_reason: bool = False


def _by(*roles: str, reason: bool = False) -> Transition:
    return Transition(frozenset(roles), reason)


# How far a company has come. A later stage implies the earlier ones.
STAGES: Final = (S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY, S.WON, S.LIVE)
RANK: Final[dict[str, int]] = {stage: rank for rank, stage in enumerate(STAGES)}
OPEN: Final = frozenset({S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY})
ENDED: Final = frozenset(
    {S.DECLINED, S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.LOST, S.DISQUALIFIED, S.MERGED}
)

TRANSITIONS: Final[dict[tuple[str, str], Transition]] = {
    (S.DRAFT, S.SUBMITTED): _by(REFERRER, SYSTEM),
    (S.SUBMITTED, S.CONSENT_PENDING): _by(REFERRER, SYSTEM),
    (S.SUBMITTED, S.ACCEPTED): _by(SALES, SYSTEM),
    (S.CONSENT_PENDING, S.ACCEPTED): _by(PROSPECT, SALES, SYSTEM),
    (S.CONSENT_PENDING, S.DECLINED): _by(PROSPECT),
    (S.SUBMITTED, S.DECLINED): _by(PROSPECT),
    (S.ACCEPTED, S.DECLINED): _by(PROSPECT),
    (S.LOST, S.ACCEPTED): _by(SALES, reason=True),
    (S.REJECTED, S.ACCEPTED): _by(SALES, SYSTEM, reason=True),
    (S.EXPIRED, S.ACCEPTED): _by(SALES, SYSTEM, reason=True),
    (S.DISQUALIFIED, S.ACCEPTED): _by(REVIEWER, reason=True),
    **{
        (stage, S.REJECTED): _by(SALES, SYSTEM, reason=True)
        for stage in (S.SUBMITTED, S.CONSENT_PENDING, *STAGES)
    },
    **{
        (stage, S.WITHDRAWN): _by(REFERRER)
        for stage in (S.DRAFT, S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED)
    },
    **{
        (stage, S.EXPIRED): _by(SYSTEM, reason=True)
        for stage in (S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED)
    },
    **{
        (stage, S.LOST): _by(SALES, SYSTEM, reason=True)
        for stage in (S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY)
    },
    **{(stage, S.DISQUALIFIED): _by(REVIEWER, reason=True) for stage in (*OPEN, S.WON, S.LIVE)},
    **{
        (stage, S.MERGED): _by(SALES, SYSTEM, reason=True)
        for stage in (S.SUBMITTED, S.CONSENT_PENDING, S.ACCEPTED)
    },
    **{
        (before, after): _by(SALES, SYSTEM)
        for rank, before in enumerate(STAGES)
        for after in STAGES[rank + 1 : rank + 2]
    },
    (S.LOST, S.QUALIFIED): _by(SYSTEM, reason=True),
    (S.LOST, S.OPPORTUNITY): _by(SYSTEM, reason=True),
    (S.LOST, S.WON): _by(SYSTEM, reason=True),
}


def allowed(before: str, after: str, role: str) -> bool:
    """Say whether `role` may move an introduction from `before` to `after` in one step."""
    transition = TRANSITIONS.get((before, after))
    return transition is not None and role in transition.roles


def needs_reason(before: str, after: str) -> bool:
    """Say whether this move has to be explained."""
    transition = TRANSITIONS.get((before, after))
    return transition is not None and transition.needs_reason


def path(before: str, after: str) -> list[str]:
    """Return the stages to walk from one stage to a later one, the target included.

    Raises ValueError backward.
    """
    if before not in RANK or after not in RANK or RANK[after] <= RANK[before]:
        raise ValueError(f"{before} does not lead to {after}")
    return list(STAGES[RANK[before] + 1 : RANK[after] + 1])


R = Reward.State
REWARD_TRANSITIONS: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("", R.HELD),
        ("", R.PENDING),
        (R.PENDING, R.HELD),
        (R.HELD, R.PENDING),
        (R.HELD, R.APPROVED),
        (R.PENDING, R.APPROVED),
        (R.APPROVED, R.AVAILABLE),
        (R.APPROVED, R.HELD),
        (R.AVAILABLE, R.RESERVED),
        (R.RESERVED, R.AVAILABLE),
        (R.RESERVED, R.FULFILLED),
        (R.HELD, R.REVERSED),
        (R.PENDING, R.REVERSED),
        (R.APPROVED, R.REVERSED),
        (R.AVAILABLE, R.REVERSED),
        (R.REVERSED, R.HELD),
        (R.REVERSED, R.PENDING),
        (R.REVERSED, R.RESERVED),  # it turned out to be paid (services/unsure.py)
    }
)
ON_HOLD: Final = frozenset({R.HELD, R.PENDING, R.APPROVED})

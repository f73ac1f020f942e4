"""Retry policy: the schedule of Standard Webhooks 1.0, 10 tries over 75 h, and when to give up.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from portal.delivery.states import DeliveryState as State

DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
TRIES = len(DELAYS)
TRIES_WHEN_REFUSED = 3
JITTER = 0.2
LONGEST = timedelta(hours=24)
PASSING_REFUSALS = frozenset({408, 409, 425, 429})
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel brings back. No status: the other side was not reached, `error` says why."""

    status: int | None = None
    error: str = ""
    retry_after: str = ""
    body: str = ""
    refused: bool = (
        False  # not sent and never to be sent: an unsafe address, a recipient who is gone
    )
    milliseconds: int = 0

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery after a try."""

    state: State
    next_at: datetime | None = None
    reason: str = ""
    gone: bool = False  # the place asked never to be called again


def judge(answer: Answer, *, tries: int, now: datetime, chance: float) -> Verdict:
    """Judge the answer of try number `tries` (1 is the first); `chance` in [0, 1) spreads the waits
    by ±20 %.
    """
    if answer.ok:
        return Verdict(State.DELIVERED)
    reason = answer.error or f"HTTP {answer.status}"
    if answer.status == GONE:
        return Verdict(State.DEAD, reason=reason, gone=True)
    if answer.refused:
        return Verdict(State.DEAD, reason=reason)
    status = answer.status or 0
    final = 400 <= status < 500 and status not in PASSING_REFUSALS
    if tries >= (TRIES_WHEN_REFUSED if final else TRIES):
        return Verdict(State.DEAD, reason=reason)
    return Verdict(
        State.WAITING, now + wait(tries, answer.retry_after, now=now, chance=chance), reason
    )


def wait(tries: int, retry_after: str, *, now: datetime, chance: float) -> timedelta:
    """Return the wait after try number `tries`: the schedule ±20 %, or what was asked for within
    [that, 24 h].
    """
    planned = DELAYS[min(tries, TRIES - 1)] * (1 + JITTER * (2 * chance - 1))
    asked = asked_wait(retry_after, now)
    return planned if asked is None else min(max(planned, asked), LONGEST)


def asked_wait(retry_after: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header: seconds or an HTTP date; None when there is none that can be
    read.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(LONGEST.total_seconds())))
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))

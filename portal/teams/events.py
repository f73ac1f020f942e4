"""Event types of the teams app."""

from __future__ import annotations

from dataclasses import dataclass

from portal.events import Payload, event_type


@dataclass(frozen=True)
class SignalFact(Payload):
    """Fields of every event about a signal: which one, whose turn it is, what it is about."""

    title: str
    url: str
    signal_id: int
    signal: str  # public id
    rule: str
    team: str
    about: str  # the subject the signal is about, e.g. "app.noun:42"
    person_id: int | None
    owner_id: int | None


@event_type("teams.signal.raised")
@dataclass(frozen=True)
class SignalRaised(SignalFact):
    """A rule found something a team should act on."""


@event_type("teams.signal.claimed")
@dataclass(frozen=True)
class SignalClaimed(SignalFact):
    """A person took it in hand."""


@event_type("teams.signal.snoozed")
@dataclass(frozen=True)
class SignalSnoozed(SignalFact):
    """It was put off until a date, with a reason."""

    reason: str = ""


@event_type("teams.signal.resolved")
@dataclass(frozen=True)
class SignalResolved(SignalFact):
    """It was settled, with an outcome and a next step."""

    outcome: str = ""
    next_step: str = ""


@event_type("teams.signal.reopened")
@dataclass(frozen=True)
class SignalReopened(SignalFact):
    """Settling it was undone, or the customer said it was not solved."""

    reason: str = ""


@event_type("teams.customer.told")
@dataclass(frozen=True)
class CustomerTold(Payload):
    """A customer was notified of the outcome of what they said."""

    title: str
    url: str
    told_id: int
    person_id: int
    about: str
    signal_id: int | None = None


@event_type("teams.customer.confirmed")
@dataclass(frozen=True)
class CustomerConfirmed(Payload):
    """The customer answered whether it is solved: yes, partly, no."""

    title: str
    url: str
    told_id: int
    person_id: int
    about: str
    answer: str
    signal_id: int | None = None

"""Writing signals, rules, teams and what customers were told, one module per noun."""

from portal.teams.services.rules import change_rule, change_team
from portal.teams.services.signals import (
    AlreadySettled,
    HeldByAnother,
    ReasonMissing,
    claim_signal,
    raise_signal,
    release_signal,
    reopen_signal,
    resolve_signal,
    snooze_signal,
    take_over_signal,
)
from portal.teams.services.told import confirm_told, mark_read, tell_customer

__all__ = [
    "AlreadySettled",
    "HeldByAnother",
    "ReasonMissing",
    "change_rule",
    "change_team",
    "claim_signal",
    "confirm_told",
    "mark_read",
    "raise_signal",
    "release_signal",
    "reopen_signal",
    "resolve_signal",
    "snooze_signal",
    "take_over_signal",
    "tell_customer",
]

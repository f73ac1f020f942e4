"""Services for signals, rules, teams and customer updates, one module per noun."""

from portal.teams.services.customer_updates import (
    confirm_update,
    mark_read,
    notify_customer,
    publish_update,
    withdraw_public_answer,
)
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

__all__ = [
    "AlreadySettled",
    "HeldByAnother",
    "ReasonMissing",
    "change_rule",
    "change_team",
    "claim_signal",
    "confirm_update",
    "mark_read",
    "notify_customer",
    "publish_update",
    "raise_signal",
    "release_signal",
    "reopen_signal",
    "resolve_signal",
    "snooze_signal",
    "take_over_signal",
    "withdraw_public_answer",
]

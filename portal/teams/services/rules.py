"""Changing rules and teams; every change is recorded with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from portal import audit
from portal.accounts.models import User
from portal.teams.models import SignalRule, Team

RULE_FIELDS = (
    "threshold",
    "window_hours",
    "cooldown_hours",
    "team",
    "stand_in",
    "sla_hours",
    "escalate_hours",
    "severity",
    "review_date",
    "enabled",
)
TEAM_FIELDS = ("lead", "stand_in", "agreement", "channel", "within_hours", "digest")


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


@transaction.atomic
def change_rule(
    *, rule: SignalRule, actor: User, now: datetime, reason: str, **fields: Any
) -> SignalRule:
    """Change a rule and count its version up.

    Raises IntegrityError when enabled without team and stand-in.
    """
    row = SignalRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    changed = {
        name: value
        for name, value in fields.items()
        if name in RULE_FIELDS and getattr(row, name) != value
    }
    if not changed:
        return row
    before = {name: _plain(getattr(row, name)) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed.get("enabled"):
        row.enabled_at = now
    row.version += 1
    row.save()
    after = {name: _plain(value) for name, value in changed.items()} | {"version": row.version}
    audit.record(
        "teams.rule.change",
        actor=actor,
        target=f"teams.rule:{row.code}",
        now=now,
        before=before,
        after=after,
        reason=reason,
    )
    return row


@transaction.atomic
def change_team(*, team: Team, actor: User, now: datetime, **fields: Any) -> Team:
    """Change a team's lead, stand-in or working agreement."""
    row = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    changed = {
        name: value
        for name, value in fields.items()
        if name in TEAM_FIELDS and getattr(row, name) != value
    }
    before = {name: _plain(getattr(row, name)) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    if changed:
        audit.record(
            "teams.team.change",
            actor=actor,
            target=f"teams.team:{row.name}",
            now=now,
            before=before,
            after={name: _plain(value) for name, value in changed.items()},
        )
    return row

"""The five teams, and how an app declares a default signal rule. Rows come after `migrate`
(portal.core.db.defaults).
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.db import defaults
from portal.core.db.defaults import Default, Ref

TEAMS = ("sales", "marketing", "support", "product", "community")


@dataclass(frozen=True, kw_only=True)
class DefaultRule:
    """A signal rule as a new installation has it; staff tune it afterwards.

    `trigger` names what it looks for (portal.teams.registry), `threshold` is in the trigger's unit,
    `sla_hours` are business hours. Raise `version` when what is declared here changes: the new
    values reach every installation whose staff left the rule as it was.
    """

    code: str
    name_ja: str
    name_en: str
    trigger: str
    team: str
    stand_in: str
    sla_hours: int
    severity: str = "normal"
    enabled: bool = True
    threshold: int = 1
    window_hours: int = 24 * 90
    cooldown_hours: int = 0
    next_steps: tuple[str, ...] = ("told",)
    version: int = 1


def register_rules(*rules: DefaultRule) -> None:
    """Declare default rules; called from AppConfig.ready()."""
    for rule in rules:
        defaults.register(_row(rule))


def _row(rule: DefaultRule) -> Default:
    return Default(
        code=f"teams.rule.{rule.code}",
        version=rule.version,
        model="teams.SignalRule",
        key={"code": rule.code},
        values={
            "name_ja": rule.name_ja,
            "name_en": rule.name_en,
            "trigger": rule.trigger,
            "team": Ref("teams.Team", {"name": rule.team}),
            "stand_in": Ref("teams.Team", {"name": rule.stand_in}),
            "sla_hours": rule.sla_hours,
            "severity": rule.severity,
            "enabled": rule.enabled,
            "threshold": rule.threshold,
            "window_hours": rule.window_hours,
            "cooldown_hours": rule.cooldown_hours,
            "next_steps": list(rule.next_steps),
        },
    )


RULES = (
    DefaultRule(
        code="R05",
        name_ja="活発だった方が静かになりました",
        name_en="A power user fell silent",
        trigger="power_user_silent",
        team="support",
        stand_in="sales",
        sla_hours=27,
        threshold=28,
        cooldown_hours=24 * 90,
        next_steps=("told", "none"),
    ),
)


def register() -> None:
    """Declare the teams and the rule that needs no other app; called from the app's ready()."""
    for name in TEAMS:
        defaults.register(
            Default(code=f"teams.team.{name}", model="teams.Team", key={"name": name})
        )
    register_rules(*RULES)

"""The signal rules about the community that a new installation has."""

from __future__ import annotations

from community.signal_rules import UNANSWERED
from portal.teams.default_rules import DefaultRule, register_rules

RULES = (
    DefaultRule(
        code="R01",
        name_ja="質問に回答がありません",
        name_en="A question is unanswered",
        trigger=UNANSWERED,
        team="support",
        stand_in="community",
        sla_hours=8,
        severity="high",
        threshold=4,
    ),
    DefaultRule(
        code="R03",
        name_ja="メンバーの初めての投稿",
        name_en="First post of a member",
        trigger="first_post_of_person",
        team="community",
        stand_in="support",
        sla_hours=9,
        severity="low",
        enabled=False,
    ),
    DefaultRule(
        code="R04",
        name_ja="企業の初めての投稿",
        name_en="First post of a company",
        trigger="first_post_of_company",
        team="support",
        stand_in="community",
        sla_hours=9,
    ),
)


def register() -> None:
    """Declare them; called from AppConfig.ready()."""
    register_rules(*RULES)

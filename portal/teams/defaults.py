"""The teams and rules Hazumi ships with. Existing rows are left as they are."""

from __future__ import annotations

from typing import Any

TEAMS = ("sales", "marketing", "support", "product", "community")

# code: (name ja, name en, trigger, team, stand-in, SLA in business hours, severity, enabled, threshold, window in
# hours, cooldown in hours, usual next steps)
RULES: tuple[tuple[Any, ...], ...] = (
    ("R01", "質問に回答がありません", "A question is unanswered", "question_unanswered",
     "support", "community", 8, "high", True, 4, 24 * 90, 0, ["told"]),
    ("R03", "メンバーの初めての投稿", "First post of a member", "first_post_of_person",
     "community", "support", 9, "low", False, 1, 24 * 90, 0, ["told"]),
    ("R04", "企業の初めての投稿", "First post of a company", "first_post_of_company",
     "support", "community", 9, "normal", True, 1, 24 * 90, 0, ["told"]),
    ("R05", "活発だった方が静かになりました", "A power user fell silent", "power_user_silent",
     "support", "sales", 27, "normal", True, 28, 24 * 90, 24 * 90, ["told", "none"]),
    ("R14", "紹介が届きました", "An introduction was made", "referral_recorded",
     "marketing", "sales", 8, "normal", True, 1, 24 * 90, 0, ["told"]),
    ("R15", "紹介が有望になりました", "An introduction is promising", "referral_qualified",
     "sales", "marketing", 4, "high", False, 1, 24 * 90, 0, ["told"]),
    ("R16", "紹介が成約しました", "An introduction was won", "referral_won",
     "marketing", "sales", 9, "normal", True, 1, 24 * 90, 0, ["told", "ask", "story"]),
    ("R50", "紹介への連絡が約束より遅れています", "An introduction waits longer than we promised", "introduction_late",
     "sales", "marketing", 4, "high", True, 18, 24 * 400, 0, ["told"]),
    ("R51", "紹介者へ14日間お知らせしていません", "A referrer has heard nothing for 14 days", "introduction_silent",
     "sales", "marketing", 4, "high", True, 14, 24 * 400, 0, ["told"]),
    ("R52", "確認依頼への回答が期限を過ぎました", "The answer to a dispute is overdue", "dispute_overdue",
     "sales", "marketing", 4, "high", True, 1, 24 * 400, 0, ["told"]),
    ("R53", "紹介の確認が長引いています", "The check of an introduction takes long", "finding_overdue",
     "sales", "marketing", 9, "normal", True, 7, 24 * 400, 0, ["told"]),
    ("R54", "特典の承認が期限を過ぎました", "The approval of a reward is overdue", "reward_overdue",
     "sales", "marketing", 4, "high", True, 1, 24 * 400, 0, ["told"]),
    ("R55", "紹介先から見送りの理由が届きました", "An introduced company said why not", "introduction_lost",
     "product", "sales", 27, "normal", True, 1, 24 * 90, 0, ["idea", "none"]),
)  # fmt: skip


def ensure_default_rules(team_model: Any = None, rule_model: Any = None) -> None:
    """Make the five teams and the default rules where they are missing. Migrations hand in their frozen models."""
    if team_model is None or rule_model is None:
        from portal.teams.models import SignalRule, Team

        team_model, rule_model = Team, SignalRule
    teams = {name: team_model.objects.get_or_create(name=name)[0] for name in TEAMS}
    for row in RULES:
        code, ja, en, trigger, team, stand_in, sla, severity, enabled, threshold, window, cooldown, steps = row
        rule_model.objects.get_or_create(
            code=code,
            defaults={
                "name_ja": ja, "name_en": en, "trigger": trigger, "team": teams[team], "stand_in": teams[stand_in],
                "sla_hours": sla, "severity": severity, "enabled": enabled, "threshold": threshold,
                "window_hours": window, "cooldown_hours": cooldown, "next_steps": steps,
            },
        )  # fmt: skip

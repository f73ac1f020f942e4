"""The signal rules about introductions that a new installation has."""

from __future__ import annotations

from portal.teams.default_rules import DefaultRule, register_rules

RULES = (
    DefaultRule(
        code="R14",
        name_ja="紹介が届きました",
        name_en="An introduction was made",
        trigger="referral_recorded",
        team="marketing",
        stand_in="sales",
        sla_hours=8,
    ),
    DefaultRule(
        code="R15",
        name_ja="紹介が有望になりました",
        name_en="An introduction is promising",
        trigger="referral_qualified",
        team="sales",
        stand_in="marketing",
        sla_hours=4,
        severity="high",
        enabled=False,
    ),
    DefaultRule(
        code="R16",
        name_ja="紹介が成約しました",
        name_en="An introduction was won",
        trigger="referral_won",
        team="marketing",
        stand_in="sales",
        sla_hours=9,
        next_steps=("told", "ask", "story"),
    ),
    DefaultRule(
        code="R50",
        name_ja="紹介への連絡が約束より遅れています",
        name_en="An introduction waits longer than we promised",
        trigger="introduction_late",
        team="sales",
        stand_in="marketing",
        sla_hours=4,
        severity="high",
        threshold=18,
        window_hours=24 * 400,
    ),
    DefaultRule(
        code="R51",
        name_ja="紹介者へ14日間お知らせしていません",
        name_en="A referrer has heard nothing for 14 days",
        trigger="introduction_silent",
        team="sales",
        stand_in="marketing",
        sla_hours=4,
        severity="high",
        threshold=14,
        window_hours=24 * 400,
    ),
    DefaultRule(
        code="R52",
        name_ja="確認依頼への回答が期限を過ぎました",
        name_en="The answer to a dispute is overdue",
        trigger="dispute_overdue",
        team="sales",
        stand_in="marketing",
        sla_hours=4,
        severity="high",
        window_hours=24 * 400,
    ),
    DefaultRule(
        code="R53",
        name_ja="紹介の確認が長引いています",
        name_en="The check of an introduction takes long",
        trigger="finding_overdue",
        team="sales",
        stand_in="marketing",
        sla_hours=9,
        threshold=7,
        window_hours=24 * 400,
    ),
    DefaultRule(
        code="R54",
        name_ja="特典の承認が期限を過ぎました",
        name_en="The approval of a reward is overdue",
        trigger="reward_overdue",
        team="sales",
        stand_in="marketing",
        sla_hours=4,
        severity="high",
        window_hours=24 * 400,
    ),
    DefaultRule(
        code="R55",
        name_ja="紹介先から見送りの理由が届きました",
        name_en="An introduced company said why not",
        trigger="introduction_lost",
        team="product",
        stand_in="sales",
        sla_hours=27,
        next_steps=("idea", "none"),
    ),
)


def register() -> None:
    """Declare them; called from AppConfig.ready()."""
    register_rules(*RULES)

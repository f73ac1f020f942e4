"""Sample programs: points for meetings, dollars for readers of English, a paused one; and
leaderboard opt-ins.
"""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.models import User
from portal.dev.demo_registry import DemoWorld
from portal.dev.sample_removal import Removal
from referrals.models import Program, Referral, ReferralLink
from referrals.services.programs.leaderboard import choose_to_be_shown
from referrals.services.programs.programs import move_program, publish_terms, save_settings
from referrals.services.programs.reward_rules import Wish, save_rules

STEPS = [[1, 30_000], [3, 40_000], [5, 50_000]]
PROGRAMS = (
    (
        {
            "slug": "points",
            "name_ja": "はじめの一歩プログラム",
            "name_en": "First step program",
            "currency": "PTS",
            "fulfilment": "gift",
            "hold_days": 14,
            "review_threshold": 0,
            "year_cap": 20_000,
        },
        [
            Wish("qualified", "referrer", amount=500),
            Wish("live", "referrer", amount=3_000, budget=300_000),
        ],
        (
            (
                "面談が行われたときに500ポイント、ご利用が始まったときに3,000ポイントを、"
                "ご紹介くださった方にお贈りします。\n"
                "ポイントは1年間有効で、ギフトカードと交換できます。"
            ),
            (
                "You receive 500 points when a meeting takes place and 3,000 points when they "
                "have begun to use it.\n"
                "Points are valid for a year and can be exchanged for gift cards."
            ),
        ),
    ),
    (
        {
            "slug": "worldwide",
            "name_ja": "海外企業のご紹介",
            "name_en": "Friends abroad",
            "currency": "USD",
            "fulfilment": "credit",
            "hold_days": 30,
            "review_threshold": 100_000,
            "languages": ["en"],
        },
        [
            Wish("won", "referrer", basis_points=500, cap=50_000, budget=1_000_000),
            Wish("won", "referee", amount=20_000),
        ],
        (
            "海外企業の契約額の5%（上限500ドル）を、利用料クレジットとしてお贈りします。",
            (
                "5 % of the first contract, at most $500, as credit on your invoice; they receive "
                "$200."
            ),
        ),
    ),
    (
        {
            "slug": "spring-2026",
            "name_ja": "春の紹介キャンペーン",
            "name_en": "Spring campaign",
            "currency": "JPY",
            "fulfilment": "gift",
            "hold_days": 30,
            "review_threshold": 100_000,
        },
        [Wish("won", "referrer", amount=10_000), Wish("won", "referee", amount=10_000)],
        ("春のキャンペーン期間中のご紹介が対象です。", "Introductions during the spring campaign."),
    ),
)


def tell(world: DemoWorld, customers: list[User], administrator: User) -> None:
    """Make the programs as an administrator would, give aki a link into the second, and let some
    people be shown.
    """
    for fields, wishes, (ja, en) in PROGRAMS:
        if Program.objects.filter(slug=fields["slug"]).exists():
            continue
        begun = world.start + timedelta(days=2)
        program = save_settings(
            program=None, actor=administrator, now=begun, fields=fields, organizations=()
        )
        Program.objects.filter(pk=program.pk).update(is_sample=True)
        save_rules(program=program, wishes=wishes, actor=administrator, now=begun)
        publish_terms(program=program, ja=ja, en=en, actor=administrator, now=begun)
        move_program(program=program, to=Program.State.OPEN, actor=administrator, now=begun)
        if fields["slug"] == "spring-2026":
            move_program(
                program=program,
                to="paused",
                actor=administrator,
                now=begun + timedelta(days=30),
                reason="予算の見直しのため",
            )
    main = Program.objects.get(slug="customers")
    for number, user in enumerate(customers[1:10]):
        choose_to_be_shown(
            user=user,
            program=main,
            shown_as="company" if number % 3 == 2 else "name",
            now=world.start + timedelta(days=40),
        )


def forget(removal: Removal) -> None:
    """Take away the sample's programs; one into which somebody real has introduced a company is
    theirs from now on. The links that every member gets go with the others.
    """
    used = Referral.objects.filter(program__is_sample=True).values_list("program_id", flat=True)
    Program.objects.filter(pk__in=list(used)).update(is_sample=False)
    removal.delete(ReferralLink.objects.filter(program__is_sample=True))
    removal.delete(Program.objects.filter(is_sample=True))

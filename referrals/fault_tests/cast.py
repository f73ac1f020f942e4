"""The people, programs and links of the fault test."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import User
from portal.accounts.services import create_organization, create_user
from referrals.fault_tests.reward_tiers import STEPS, YEAR_CAP
from referrals.fault_tests.scenario import CAP, FIXED, SHARE, START
from referrals.models import Program, ReferralLink, RewardRule, TermsVersion
from referrals.services.links.links import skeleton


@dataclass(frozen=True)
class Cast:
    """Who plays: the referrers' codes, the own domain of each, and two approvers."""

    codes: list[str]
    own: dict[str, str]
    maker: User
    checker: User


def make_cast(seed: int, *, referrers: int = 20) -> Cast:
    """Make three programs (fixed for both sides; a capped share; steps under a yearly limit),
    referrers, approvers.
    """
    programs = []
    for slug, threshold in (("drill-fixed", 0), ("drill-share", 60_000), ("drill-steps", 30_000)):
        program, _ = Program.objects.get_or_create(
            slug=slug,
            defaults={
                "name_ja": "訓練",
                "name_en": "Drill",
                "state": Program.State.OPEN,
                "created_at": START,
                "hold_days": 30,
                "review_threshold": threshold,
                "year_cap": YEAR_CAP if slug == "drill-steps" else None,
            },
        )
        TermsVersion.objects.get_or_create(
            program=program,
            number=1,
            defaults={"text_ja": "規約", "text_en": "Terms", "published_at": START},
        )
        programs.append(program)
    fixed, share, steps = programs
    for side in ("referrer", "referee"):
        RewardRule.objects.get_or_create(
            program=fixed, milestone="won", side=side, defaults={"amount": FIXED}
        )
    RewardRule.objects.get_or_create(
        program=share,
        milestone="won",
        side="referrer",
        defaults={"basis_points": SHARE, "cap": CAP},
    )
    RewardRule.objects.get_or_create(
        program=steps, milestone="won", side="referrer", defaults={"steps": STEPS}
    )
    codes, own = [], {}
    for number in range(referrers):
        domain = f"referrer{seed}-{number}.example"
        company = create_organization(name=f"R{seed}-{number}", now=START, domains=(domain,))
        user = create_user(
            email=f"r@{domain}", display_name=f"R{number}", organization=company, now=START
        )
        code = f"d{seed}x{number}"
        ReferralLink.objects.create(
            program=fixed,
            user=user,
            organization_id=company.pk,
            code=code,
            skeleton=skeleton(code),
            created_at=START,
            beneficiary=("company", "person", "company", "donation")[number % 4],
        )
        codes.append(code)
        own[code] = domain
    maker, checker = (
        create_user(
            email=f"{name}{seed}@staff.example", display_name=name, now=START, is_administrator=True
        )
        for name in ("maker", "checker")
    )
    return Cast(codes, own, maker, checker)

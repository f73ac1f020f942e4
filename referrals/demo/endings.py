"""The introductions of the sample that show the rarer states, each reached through its service."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts.models import Organization, User
from portal.accounts.services.organizations import move_organization
from portal.dev.demo_registry import DemoWorld
from referrals.models import Program, Referral, Step
from referrals.rules import reasons, state_machine
from referrals.services.credit.claims import announce, current_terms
from referrals.services.introductions import staff_actions
from referrals.services.introductions.introductions import introduce_person, withdraw
from referrals.services.state import transitions

S = Referral.State


def tell(world: DemoWorld, program: Program, referrers: list[User], staff: list[User]) -> None:
    """Make one introduction that ends in each state the story does not show."""
    sales, reviewer = staff

    def named(number: int, days: int, company: str, domain: str, has_consent: bool) -> Referral:
        return introduce_person(
            program=program,
            referrer=referrers[number % len(referrers)],
            name="担当 者",
            company=company,
            email=f"info@{domain}",
            why="同じ課題をお持ちでした。",
            has_consent=has_consent,
            now=_at(world, days),
        )[0]

    def move(referral: Referral, to: str, days: int, reason: str = "") -> None:
        staff_actions.move_referral(
            referral=referral,
            to=to,
            actor=reviewer if to == S.DISQUALIFIED else sales,
            now=_at(world, days),
            reason=reason,
            occurred_at=_at(world, days),
        )

    live = named(1, 95, "春日精密", "kasuga-seimitsu.example", True)
    for stage, days in ((S.QUALIFIED, 90), (S.OPPORTUNITY, 80), (S.WON, 60), (S.LIVE, 40)):
        move(live, stage, days)
    move(named(2, 55, "汐見商会", "shiomi.example", True), S.REJECTED, 50, "対象の地域の外でした")
    withdraw(
        referral=(gone := named(3, 45, "野分電子", "nowaki.example", False)),
        user=gone.referrer,
        now=_at(world, 43),
    )
    transitions.move(
        named(4, 70, "霞工業", "kasumi.example", False),
        to=S.EXPIRED,
        role=state_machine.SYSTEM,
        now=_at(world, 39),
        reason=reasons.NO_ANSWER,
    )
    move(
        named(5, 35, "朧システム", "oboro.example", True),
        S.DISQUALIFIED,
        30,
        "紹介者ご自身の会社でした",
    )
    named(6, 33, "夕凪運輸", "yunagi.example", True)
    named(6, 21, "夕凪運輸", "yunagi.example", True)  # merges into the first one
    _unsent(world, program, referrers[0], S.DRAFT, "", 2)
    _unsent(world, program, referrers[0], S.SUBMITTED, "夜明堂", 1)


def _unsent(
    world: DemoWorld, program: Program, referrer: User, state: str, company: str, days: int
) -> None:
    """One that is still being written, or has just come in."""
    at = _at(world, days)
    row = Referral.objects.create(
        program=program,
        terms=current_terms(program, at),
        kind=Referral.Kind.NAMED,
        referrer=referrer,
        referrer_organization_id=referrer.organization_id,
        referee_company=company,
        state=state,
        state_since=at,
        version=1,
        introduced_at=at,
        created_at=at,
        noted_at=at,
        is_sample=True,
    )
    if state != S.DRAFT:
        announce(row, now=at)


def make_customers() -> None:
    """A won company is a customer since its sale."""
    won = Step.objects.filter(
        stage=Step.Stage.WON,
        referred__organization__is_sample=True,
        referred__organization__lifecycle=Organization.Lifecycle.PROSPECT,
    )
    for step in won.select_related("referred__organization").order_by("at"):
        move_organization(
            organization=step.referred.organization,
            stage=Organization.Lifecycle.ONBOARDING,
            now=step.at,
        )


def _at(world: DemoWorld, days: int) -> datetime:
    return world.end - timedelta(days=days)

"""Demo data, first part: the host company with its teams, forty customer companies, three hundred
people.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from portal.accounts.demo.names import (
    COMPANIES,
    ENGLISH_FIRST,
    ENGLISH_LAST,
    FAMILY,
    GIVEN,
    JOBS,
    JOBS_EN,
    PEOPLE,
)
from portal.accounts.models import Membership, Organization, User
from portal.accounts.services import assign_team, create_organization, create_user
from portal.dev.demo_registry import DemoWorld

PASSWORD = "hazumi-mihon-2026"  # noqa: S105  printed on the screen; it opens nothing but the sample
HOST_DOMAIN = "acme-cloud.example"
TOTAL = 300
LOGINS = (
    ("aki@acme-seiki.example", "秋山 秋 (customer / お客さま)"),
    ("mio@northfield-logi.example", "水島 澪 (customer / お客さま)"),
    ("daniel@kestrel-ltd.example", "Daniel Reed (customer, English)"),
    ("sato@acme-cloud.example", "佐藤 誠 (support / サポート)"),
    ("ueda@acme-cloud.example", "上田 玲 (marketing / マーケティング)"),
    ("mori@acme-cloud.example", "森 環 (community, moderator / コミュニティ)"),
    ("kato@acme-cloud.example", "加藤 薫 (administrator / 管理者)"),
)


def login_lines() -> list[str]:
    """Return what the start prints: address, person, the one password."""
    return [f"{email:<28} {PASSWORD}   {who}" for email, who in LOGINS]


def create(world: DemoWorld) -> None:
    """Make companies and people; fills made["organizations"], ["people"], ["staff"] and ["own"]."""
    own = _host(world)
    stages = Organization.Lifecycle
    ladder = (
        stages.ADOPTING,
        stages.EXPANDING,
        stages.ADVOCATING,
        stages.ADOPTING,
        stages.ONBOARDING,
    )
    companies: dict[str, Organization] = {}
    for number, (name, domain, industry, size, _language) in enumerate(COMPANIES):
        since = world.start - timedelta(days=world.dice.randrange(20, 900))
        companies[domain] = create_organization(
            name=name,
            now=since,
            domains=(f"{domain}.example",),
            is_sample=True,
            industry=industry,
            size_band=size,
            lifecycle=ladder[number % len(ladder)],
            became_customer_at=since,
            plan=world.dice.choice(("標準", "上位")),
            annual_amount=world.dice.randrange(6, 240) * 100_000,
            renewal_date=(world.end + timedelta(days=world.dice.randrange(20, 360))).date(),
            is_public_sector=industry == "公共",
        )
    world.made["own"], world.made["organizations"] = own, companies
    world.made["staff"], world.made["people"] = {}, {}
    _named(world)
    _crowd(world)
    User.objects.filter(is_sample=True).update(password=make_password(PASSWORD))
    _owners(world)


def _host(world: DemoWorld) -> Organization:
    """The company that runs this Hazumi; an existing one stays as it is."""
    existing = Organization.objects.filter(is_own=True).first()
    if existing is not None:
        return existing
    return create_organization(
        name="アクメ クラウド株式会社",
        now=world.start - timedelta(days=1_500),
        domains=(HOST_DOMAIN,),
        is_own=True,
        is_sample=True,
        lifecycle=Organization.Lifecycle.ADVOCATING,
    )


def _named(world: DemoWorld) -> None:
    """The people with names everybody knows; log in as any of them."""
    for key, name, furigana, domain, team, fields in PEOPLE:
        staff = not domain
        user = create_user(
            email=f"{key}@{HOST_DOMAIN}" if staff else f"{key}@{domain}.example",
            display_name=name,
            furigana=furigana,
            now=world.start - timedelta(days=400),
            organization=world.made["own" if staff else "organizations"]
            if staff
            else world.made["organizations"][domain],
            is_sample=True,
            **fields,
        )
        if team:
            assign_team(user=user, team=team, now=world.start)
        world.made["staff" if staff else "people"][key] = user


def _crowd(world: DemoWorld) -> None:
    """Everybody else, some companies with many people and some with one; newcomers arrive through
    the months.
    """
    dice, domains = world.dice, list(COMPANIES)
    weights = [dice.choice((1, 2, 4, 7)) for _ in domains]
    number = 0
    total = TOTAL // 5 if world.is_small else TOTAL
    while len(world.made["people"]) + len(world.made["staff"]) < total:
        _name, domain, _industry, _size, language = dice.choices(domains, weights)[0]
        number += 1
        joined = _joined(world)
        if language == "en":
            first, last = dice.choice(ENGLISH_FIRST), dice.choice(ENGLISH_LAST)
            name, furigana, local, job = (
                f"{first} {last}",
                "",
                f"{first}.{last}{number}".lower(),
                dice.choice(JOBS_EN),
            )
        else:
            (family, family_kana), (given, given_kana) = dice.choice(FAMILY), dice.choice(GIVEN)
            name, furigana, local = (
                f"{family} {given}",
                f"{family_kana} {given_kana}",
                f"member{number}",
            )
            job = dice.choice(JOBS)
        world.made["people"][f"{domain}-{number}"] = create_user(
            email=f"{local}@{domain}.example",
            display_name=name,
            furigana=furigana,
            job_title=job,
            now=joined,
            organization=world.made["organizations"][domain],
            language=language,
            is_sample=True,
        )


def _joined(world: DemoWorld) -> datetime:
    if world.dice.random() < 0.7:
        return world.start - timedelta(days=world.dice.randrange(1, 300))
    return world.start + (world.end - world.start) * world.dice.random() * 0.9


def _owners(world: DemoWorld) -> None:
    """Each company has somebody on our side and one administrator of its own."""
    sellers = [world.made["staff"][key] for key in ("tanaka", "sato", "ono")]
    for number, company in enumerate(world.made["organizations"].values()):
        company.owner = sellers[number % 3]
        company.save(update_fields=["owner"])
        first = company.memberships.order_by("started_at", "pk").first()
        if first is not None:
            Membership.objects.filter(pk=first.pk).update(role=Membership.Role.ADMINISTRATOR)

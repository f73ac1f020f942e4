"""The generated people: companies, members, one staff team, signed-in sessions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from portal.accounts.models import Membership, Organization, TeamMembership, User
from portal.dev.bench_registry import BenchWorld, Row

FAMILY = (
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 "
    "吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水"
).split()
GIVEN = "亜希 蓮 澪 大輔 美咲 健 陽菜 翔 結衣 誠 彩 拓也 さくら 修 千尋 翼".split()
LATIN = "Daniel Emma Lucas Nora Oliver Maya Felix Irene Hugo Alice".split()
SURNAMES = "Brown Keller Rossi Novak Martin Jensen Dubois Silva Moore Lind".split()
WORDS = "精機 商事 電産 物流 食品 建設 製薬 印刷 システムズ 化学 繊維 不動産".split()
STAFF_SHARE = 0.01
UNUSABLE = "!bench"  # nobody signs in with a password here; sessions are made directly


def public_id(dice: random.Random, at: datetime) -> UUID:
    """A version 7 id from the seeded RNG, so that the same seed gives the same data set."""
    value = (int(at.timestamp() * 1000) & (2**48 - 1)) << 80 | dice.getrandbits(76)
    return UUID(int=value & ~(0xC << 60) & ~(0xF << 76) | 0x7 << 76 | 0x8 << 60)


def load(world: BenchWorld) -> None:
    """Load organizations, people and memberships; notes `staff` and `organization_of`."""
    size, dice = world.size, world.dice
    began = world.now - timedelta(days=900)
    companies = max(3, size.people // 12)
    world.copy(Organization, _organizations(world, companies, began))
    people = range(1, size.people + 1)
    world.copy(User, _people(world, began))
    staff_count = max(2, int(size.people * STAFF_SHARE))
    organization_of: dict[int, int | None] = {}
    for person in people:
        own = person <= staff_count
        organization_of[person] = (
            1 if own else (None if dice.random() < 0.05 else 2 + dice.randrange(companies - 1))
        )
    members = [
        {
            "id": number,
            "user_id": pk,
            "organization_id": company,
            "started_at": began,
            "role": "member",
        }
        for number, (pk, company) in enumerate(organization_of.items(), 1)
        if company is not None
    ]
    world.copy(Membership, members)
    teams = ("support", "sales", "marketing", "product", "community")
    world.copy(
        TeamMembership,
        [
            {"id": pk, "user_id": pk, "team": teams[pk % len(teams)]}
            for pk in range(1, staff_count + 1)
        ],
    )
    world.made |= {"staff": set(range(1, staff_count + 1)), "organization_of": organization_of}


def _organizations(world: BenchWorld, count: int, began: datetime) -> Iterator[Row]:
    stages = [stage for stage in Organization.Lifecycle.values if stage != "prospect"]
    for number in range(1, count + 1):
        name = f"{world.dice.choice(FAMILY)}{world.dice.choice(WORDS)} {number}"
        yield {
            "id": number,
            "public_id": public_id(world.dice, began),
            "name": name,
            "is_own": number == 1,
            "lifecycle": world.dice.choice(stages),
            "created_at": began,
            "became_customer_at": began,
        }


def _people(world: BenchWorld, began: datetime) -> Iterator[Row]:
    dice = world.dice
    for number in range(1, world.size.people + 1):
        japanese = dice.random() < 0.6
        name = (
            f"{dice.choice(FAMILY)} {dice.choice(GIVEN)}"
            if japanese
            else f"{dice.choice(LATIN)} {dice.choice(SURNAMES)}"
        )
        yield {
            "id": number,
            "public_id": public_id(dice, began),
            "email": f"person{number}@bench.example",
            "display_name": name,
            "password": UNUSABLE,
            "language": "ja" if japanese else "en",
            "date_joined": began,
        }


def session_for(person: int) -> str:
    """Sign somebody in; return their session key."""
    user = User.objects.get(pk=person)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)

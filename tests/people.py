"""The named people of the tests, each with a relation to the data.

aki asks, ren is a colleague of aki at Acme, mio belongs to Northfield, daniel (English) to Kestrel;
sato is support staff, tanaka sells, mori moderates, ono pays,
kato is administrator.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from portal.accounts.models import Organization, User
from portal.accounts.services import assign_team, create_organization, create_user

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # a Friday, 10:00 in Tokyo
PASSWORD = "はずみ車は回る-2026"


@dataclass(frozen=True)
class Companies:
    own: Organization
    acme: Organization
    northfield: Organization
    kestrel: Organization


def sign_in(client: Client, user: User) -> None:
    """Sign a test client in as after a log-in: the person has just proved who they are."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session["used_at"] = session["began_at"] = time.time()
    session.save()


def make_companies() -> Companies:
    """The host company and three customers with verified domains."""
    stage = Organization.Lifecycle.ADOPTING
    return Companies(
        own=create_organization(
            name="アクメ クラウド", now=NOW, is_own=True, domains=("cloud.example",)
        ),
        acme=create_organization(
            name="アクメ精機", now=NOW, lifecycle=stage, domains=("acme.example",)
        ),
        northfield=create_organization(
            name="ノースフィールド", now=NOW, lifecycle=stage, domains=("northfield.example",)
        ),
        kestrel=create_organization(
            name="Kestrel Ltd", now=NOW, lifecycle=stage, domains=("kestrel.example",)
        ),
    )


def make_person(name: str, companies: Companies) -> User:
    """Create one of the named people; raises KeyError for an unknown name."""
    known: dict[str, tuple[str, str, str, dict[str, Any]]] = {
        "aki": ("秋山 秋", "acme", "", {}),
        "ren": ("蓮田 蓮", "acme", "", {}),
        "mio": ("水島 澪", "northfield", "", {}),
        "daniel": ("Daniel Reed", "kestrel", "", {"language": "en"}),
        "sato": ("佐藤 誠", "own", "support", {}),
        "tanaka": ("田中 直", "own", "sales", {}),
        "mori": ("森 環", "own", "community", {"is_moderator": True}),
        "ono": ("小野 実", "own", "", {"is_finance": True}),
        "kato": ("加藤 薫", "own", "", {"is_administrator": True}),
    }
    display, company, team, fields = known[name]
    organization = getattr(companies, company)
    domain = "cloud" if company == "own" else company
    user = create_user(
        email=f"{name}@{domain}.example",
        display_name=display,
        organization=organization,
        now=NOW,
        password=PASSWORD,
        **fields,
    )
    if team:
        assign_team(user=user, team=team, now=NOW)
    return user

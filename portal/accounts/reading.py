"""Who reads, as far as statements can tell: her rights are the shape, her ids the values.

See portal/core/statements.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from portal.accounts.models import Membership, User
from portal.core.statements import StandIns

Anyone = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything a permission asks of a person beside her ids."""

    is_active: bool = False
    is_moderator: bool = False
    is_administrator: bool = False
    teams: frozenset[str] = frozenset()
    has_company: bool = False


STRANGER = None
Reader = Rights | None  # None: nobody is signed in


def rights_of(user: Anyone) -> Reader:
    """Return the shape of what somebody may see."""
    if not user.is_authenticated:
        return STRANGER
    return Rights(
        user.is_active,
        user.is_moderator,
        user.is_administrator,
        user.team_names,
        user.organization_id is not None,
    )


def ids_of(user: Anyone) -> dict[str, Any]:
    """Return the values that stand for her in a statement."""
    return {"reader": user.pk, "company": user.organization_id} if user.is_authenticated else {}


def stand_in(rights: Reader, values: StandIns) -> Anyone:
    """Return somebody with exactly these rights, whose ids are stand-ins: permissions answer for
    her as for anybody.
    """
    if rights is None:
        return AnonymousUser()
    user = User(
        pk=values.number("reader", certain=False),
        is_active=rights.is_active,
        is_moderator=rights.is_moderator,
        is_administrator=rights.is_administrator,
    )
    user.team_names = rights.teams
    company = values.number("company", certain=False)
    user.membership = Membership(organization_id=company) if rights.has_company else None
    return user

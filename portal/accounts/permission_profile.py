"""The reader's permission profile for compiled queries: permissions select the variant, ids are
parameters.

See portal/core/db/compiled_queries.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from portal.accounts.models import Membership, User
from portal.core.db.compiled_queries import Placeholders

Anyone = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class PermissionProfile:
    """Everything a permission check asks of a user besides their ids."""

    is_active: bool = False
    is_moderator: bool = False
    is_administrator: bool = False
    is_finance: bool = False
    teams: frozenset[str] = frozenset()
    has_company: bool = False


ANONYMOUS = None
Reader = PermissionProfile | None  # None: nobody is signed in


def profile_of(user: Anyone) -> Reader:
    """Return the shape of what somebody may see."""
    if not user.is_authenticated:
        return ANONYMOUS
    return PermissionProfile(
        user.is_active,
        user.moderates,
        user.administers,
        user.handles_money,
        user.team_names,
        user.organization_id is not None,
    )


def ids_of(user: Anyone) -> dict[str, Any]:
    """Return the parameters that stand for the user in a compiled query."""
    return {"reader": user.pk, "company": user.organization_id} if user.is_authenticated else {}


def placeholder_profile(rights: Reader, values: Placeholders) -> Anyone:
    """Return a user with exactly these permissions whose ids are placeholders; permission checks
    treat them like any other.
    """
    if rights is None:
        return AnonymousUser()
    user = User(
        pk=values.number("reader", certain=False),
        is_active=rights.is_active,
        is_moderator=rights.is_moderator,
        is_administrator=rights.is_administrator,
        is_finance=rights.is_finance,
    )
    user.assigned_teams, user.has_second_factor = rights.teams, True  # rights that are in force
    company = values.number("company", certain=False)
    user.membership = Membership(organization_id=company) if rights.has_company else None
    return user

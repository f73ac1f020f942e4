"""Compiled queries: the same rows as the original queryset, for every reader, with no value left
over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Membership, Organization, User
from portal.accounts.permission_profile import ids_of, placeholder_profile, profile_of
from portal.accounts.services import assign_team
from portal.core.db.compiled_queries import CompiledQuery, Placeholders
from tests.people import NOW

pytestmark = pytest.mark.django_db

members = CompiledQuery[Membership](
    lambda shape, values: (
        Membership.objects.filter(organization_id=values.number("company"), ended_at=None)
        .select_related("user", "organization")
        .only("role", "user__display_name", "organization__name")
        .order_by("user_id")
    )
)


def test_rows_are_whole_instances(world: Any) -> None:
    acme = world.companies.acme
    names = [world.person(name).display_name for name in ("aki", "ren")]
    with CaptureQueriesContext(connection) as queries:
        rows = members.rows(None, company=acme.pk)
        assert [row.user.display_name for row in rows] == names
        assert {row.organization for row in rows} == {acme}
    assert len(queries) == 1
    assert (
        rows[0].started_at == Membership.objects.get(pk=rows[0].pk).started_at
    )  # absent fields come when asked
    rows[0].role = Membership.Role.ADMINISTRATOR
    rows[0].save(update_fields=["role"])
    assert members.rows(None, company=acme.pk)[0].role == "administrator"


def test_a_row_that_is_not_there_is_none(world: Any) -> None:
    own = CompiledQuery[Organization](
        lambda shape, values: Organization.objects.filter(pk=values.number("id")).select_related(
            "owner"
        )
    )
    found = own.first(None, id=world.companies.acme.pk)
    assert found is not None
    assert found.owner is None
    assert own.first(None, id=2**31 - 1) is None


def test_a_value_that_is_lost_on_the_way_is_refused() -> None:
    def build(shape: None, values: Placeholders) -> Any:
        return Organization.objects.filter(pk=values.number("id") + 1)

    with pytest.raises(ValueError, match="id"):
        CompiledQuery[Organization](build).rows(None, id=1)


def test_values_may_be_anything(world: Any) -> None:
    def build(shape: None, values: Placeholders) -> Any:
        return User.objects.filter(
            display_name=values.text("name"), date_joined__lte=values.moment("at")
        )

    named, aki = CompiledQuery[User](build), world.person("aki")
    assert named.rows(None, name="' OR 1=1 --", at=NOW) == []
    assert named.rows(None, name="\x01name\x01", at=NOW) == []
    assert named.rows(None, name=aki.display_name, at=datetime.max.replace(tzinfo=NOW.tzinfo)) == [
        aki
    ]


def test_a_stand_in_has_the_rights_and_nothing_else(world: Any) -> None:
    kinds = {
        profile_of(world.person(name)) for name in ("aki", "ren", "mio", "sato", "mori", "kato")
    }
    assert len(kinds) == 4  # customers alike, then support, a moderator, an administrator
    assert profile_of(world.person("aki")) == profile_of(world.person("mio"))
    assert profile_of(AnonymousUser()) is None
    for name in ("aki", "sato", "mori", "kato"):
        user = world.person(name)
        other: Any = placeholder_profile(profile_of(user), Placeholders())
        assert (other.is_team, other.is_moderator, other.is_administrator) == (
            user.is_team,
            user.is_moderator,
            user.is_administrator,
        )
        assert other.pk != user.pk
        assert other.organization_id != user.organization_id
    assert not ids_of(AnonymousUser())


def test_the_teams_of_a_person_are_those_of_now(world: Any) -> None:
    aki = world.person("aki")
    assert User.objects.get(pk=aki.pk).team_names == frozenset()
    assign_team(user=aki, team="support", now=NOW)
    assert User.objects.get(pk=aki.pk).team_names == {"support"}
    User.objects.filter(pk=aki.pk).update(is_active=False)
    assert User.objects.get(pk=aki.pk).team_names == frozenset()
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=0)

"""Frequent queries, and only those, are prepared once per connection."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from portal.accounts.models import Organization
from portal.core.db.compiled_queries import CompiledQuery

pytestmark = pytest.mark.django_db

named: CompiledQuery[Organization] = CompiledQuery(
    lambda shape, values: Organization.objects.filter(
        pk=values.number("id"), name=values.text("name")
    )
)


def kept() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE "
            "'%accounts_organization%'"
        )
        return [row[0] for row in cursor.fetchall()]


def test_one_plan_serves_every_value(world: Any) -> None:
    acme = world.companies.acme
    assert named.first(None, id=acme.pk, name=acme.name) == acme
    for number in (1, 2**15, 2**31 - 1):  # of three sizes on the wire, unless the column says which
        assert named.first(None, id=number, name="Nobody & Co") is None
    assert len([text for text in kept() if '"name" =' in text]) == 1


def test_what_is_asked_through_a_queryset_is_planned_for_its_values(world: Any) -> None:
    before = kept()
    for _time in range(8):
        assert Organization.objects.filter(size_band="1名").count() == 0
    assert kept() == before


def test_nothing_is_kept_where_a_pooler_cannot(settings: Any, world: Any) -> None:
    settings.DATABASE_PREPARED = False
    before = kept()
    other: CompiledQuery[Organization] = CompiledQuery(
        lambda shape, values: Organization.objects.filter(
            pk=values.number("id"), industry="稀な業種"
        )
    )
    assert other.rows(None, id=1) == []
    assert kept() == before

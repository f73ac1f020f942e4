"""After somebody is erased their address is nowhere in the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from portal.accounts.models import Invitation
from portal.accounts.services import (
    accept_invitation,
    create_user,
    erase_user,
    invite_member,
)
from tests.people import NOW

pytestmark = pytest.mark.django_db
ADDRESS = "hana.unique@northfield.example"


def tables_with(text: str) -> list[str]:
    """Return every table of the database with a row in which this text stands."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE position(%s in lower(t::text)) > 0',
                [text],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_the_address_is_nowhere(mio: Any, kato: Any) -> None:
    company = mio.organization
    _, token = invite_member(organization=company, invited_by=kato, email=ADDRESS, now=NOW)
    hana = create_user(email=ADDRESS, display_name="花田 花", now=NOW)
    accept_invitation(token=token, user=hana, now=NOW)
    invite_member(organization=company, invited_by=kato, email=ADDRESS, now=NOW)
    assert "accounts_invitation" in tables_with(ADDRESS)
    erase_user(user=hana, now=NOW)
    assert tables_with(ADDRESS) == []
    assert not any(row.is_open(NOW) for row in Invitation.objects.all())

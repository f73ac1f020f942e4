"""Transactional tests can flush the database although the audit log refuses TRUNCATE."""

from __future__ import annotations

import pytest

from portal import audit
from portal.audit.models import AuditEntry
from tests import people


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_each_transactional_test_begins_empty(turn: int) -> None:
    assert not AuditEntry.objects.exists()
    audit.record("tests.turn.taken", actor=None, target=f"tests.turn:{turn}", now=people.NOW)

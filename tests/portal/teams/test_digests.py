"""The morning digest: on business days, once, to every member in their language, and only when
somebody waits.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import User
from portal.accounts.services import assign_team
from portal.delivery.models import Delivery
from portal.teams.digests import put_due_digests
from tests.people import NOW
from tests.portal.teams.facts import raised

pytestmark = pytest.mark.django_db


def test_each_member_gets_it_once_in_their_language(aki: User, sato: User, daniel: User) -> None:
    assign_team(user=daniel, team="support", now=NOW)
    raised(aki, lead=sato)
    assert put_due_digests(now=NOW) == 2
    assert put_due_digests(now=NOW + timedelta(hours=3)) == 0
    bodies = {row.user_id: row.body for row in Delivery.objects.all()}
    assert "サポート" in bodies[sato.pk]["subject"]
    assert "Support" in bodies[daniel.pk]["subject"]
    assert "請求書の締め日を変えたい" in bodies[daniel.pk]["text"]
    assert "/staff/signals/" in bodies[sato.pk]["text"]


def test_nothing_at_night_at_the_weekend_or_when_nobody_waits(aki: User, sato: User) -> None:
    assert put_due_digests(now=NOW) == 0  # nobody waits
    raised(aki, lead=sato)
    assert put_due_digests(now=NOW + timedelta(days=1)) == 0  # Saturday
    assert put_due_digests(now=NOW + timedelta(hours=15)) == 0  # past midnight
    assert put_due_digests(now=NOW + timedelta(days=4)) == 1  # Tuesday; Monday is a holiday

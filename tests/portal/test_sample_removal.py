"""The whole sample, small: it shows every state of an introduction, and leaves nothing behind, as
a database role without privileges.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError, OperationalError

from portal.accounts.models import Organization
from portal.accounts.services import create_organization, create_user
from portal.audit.services import first_broken_entry
from portal.dev import sample
from portal.engagement.models import Participation
from portal.engagement.services import recount
from portal.events import dispatch
from referrals.models import Referral, Step
from referrals.services.rewards.ledger_checks import check_ledger

pytestmark = pytest.mark.django_db
END = datetime(2026, 11, 20, 3, tzinfo=UTC)
# The log says that somebody removed the sample; the other two are queues of work: what has gone is
# asked out of the search index, and the analytics were counted.
KEPT = {"audit_auditentry", "referrals_rollupmark", "search_searchqueue"}


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = sorted(row[0] for row in cursor.fetchall())
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608  a name of the catalogue
            found[name] = cursor.fetchone()[0]
    return {name: count for name, count in found.items() if name not in KEPT}


def test_the_role_is_an_ordinary_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_it_shows_every_state_and_leaves_nothing() -> None:
    before = counts()
    sample.load(end=END, is_small=True)
    states = set(Referral.objects.values_list("state", flat=True))
    assert states == set(Referral.State.values)
    for step in Step.objects.filter(stage="won").select_related("referred__organization"):
        company = step.referred.organization
        assert company.lifecycle != Organization.Lifecycle.PROSPECT
        assert company.became_customer_at == step.at, company
    refused = pytest.raises((IntegrityError, InternalError, OperationalError))
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM referrals_ledgerentry")
    real = real_people()
    sample.remove(now=END + timedelta(days=1))
    left = {name: count - before[name] for name, count in counts().items()}
    assert {name: more for name, more in left.items() if more} == real
    assert first_broken_entry() is None
    assert not any(check_ledger().values())
    for row in Participation.objects.exclude(user=None):
        assert row.score == pytest.approx(recount(row.user_id or 0))


def real_people() -> dict[str, int]:
    """Somebody real joins and asks while the sample is there; return the rows that makes."""
    before = counts()
    with transaction.atomic():
        company = create_organization(name="実在商事", now=END, domains=("jitsuzai.example",))
        user = create_user(
            email="kana@jitsuzai.example", display_name="金井", organization=company, now=END
        )
    dispatch.run_pending(now=END)
    assert user.pk
    made = {name: more for name, count in counts().items() if (more := count - before[name])}
    assert made.pop("referrals_referrallink") == 1  # into the sample's program: it goes with it
    return made

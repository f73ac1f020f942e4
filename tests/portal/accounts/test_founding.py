"""A new installation without the sample: its first administrator is created on the command line and
can reach everything from there.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.accounts.demo import people as people_of_the_sample
from portal.accounts.models import Organization, User
from portal.audit.models import AuditEntry
from portal.audit.services import first_broken_entry
from portal.dev import demo_registry, sample
from tests import people

pytestmark = pytest.mark.django_db


def administrator(*words: str) -> str:
    told = StringIO()
    call_command("administrator", *words, stdout=told)
    return told.getvalue()


def test_the_first_administrator_chooses_a_password_and_works(client: Client) -> None:
    told = administrator("Kanri@Own.example", "--name", "管理 理", "--company", "自社株式会社")
    person = User.objects.get(email="kanri@own.example")
    assert (person.display_name, person.is_administrator, person.organization) == (
        "管理 理",
        True,
        Organization.objects.get(is_own=True, name="自社株式会社"),
    )
    found = re.search(r"https?://[^/]+(/\S+)", told)
    assert found
    form = client.get(found[1], follow=True)
    assert form.status_code == 200
    answer = client.post(
        form.redirect_chain[-1][0], {"password1": people.PASSWORD, "password2": people.PASSWORD}
    )
    assert answer.status_code == 302
    client.logout()
    entry = client.post(
        "/accounts/login/", {"login": "kanri@own.example", "password": people.PASSWORD}
    )
    assert entry.status_code == 302
    assert client.get("/staff/settings/people/").status_code == 200
    assert AuditEntry.objects.filter(action="accounts.rights.set", actor_id=None).count() == 1
    assert first_broken_entry() is None


def test_a_second_call_raises_who_is_there_and_founds_nothing_anew(aki: User) -> None:
    administrator("first@own.example", "--company", "自社")
    told = administrator("aki@acme.example")
    aki.refresh_from_db()
    assert aki.is_administrator
    assert "http" not in told  # this person has a password already
    assert Organization.objects.filter(is_own=True).count() == 1


def test_what_is_no_address_is_refused(db: Any) -> None:
    with pytest.raises(CommandError):
        administrator("nobody")


def test_removing_the_sample_leaves_the_real_administrator_their_company(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people_of_the_sample, "TOTAL", 40)
    with demo_registry._parts.temporarily({"accounts": (0, people_of_the_sample.create)}):
        sample.load(end=people.NOW)
    administrator("real@own.example")
    sample.remove()
    person = User.objects.get()
    assert person.is_administrator
    assert person.organization
    assert person.organization.is_own
    assert not person.organization.is_sample
    assert not person.organization.email_domains.exists()
    assert not sample.is_loaded()


def test_the_only_administrator_cannot_be_erased(kato: User, as_: Any) -> None:
    browser = as_(kato)
    assert browser.post("/settings/privacy/erase/", {"email": kato.email}).status_code == 422
    assert "erased" not in User.objects.get(pk=kato.pk).email
    administrator("second@own.example")
    assert browser.post("/settings/privacy/erase/", {"email": kato.email}).status_code == 302
    assert User.objects.get(pk=kato.pk).erased_at

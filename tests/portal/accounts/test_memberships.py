"""A company's administrator manages their colleagues; ours invites into every company."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import Invitation, Membership, User
from portal.accounts.services import create_user, invite_member
from portal.accounts.services.invitations import token_for
from portal.audit.models import AuditEntry
from portal.core import time
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(aki: User) -> User:
    """aki, administrator of their company."""
    Membership.objects.filter(user=aki).update(role="administrator")
    return aki


def role_of(person: User) -> str | None:
    row = Membership.objects.filter(user=person, ended_at=None).first()
    return row.role if row else None


def test_a_company_administrator_promotes_and_removes_a_colleague(
    head: User, ren: User, as_: Any
) -> None:
    browser, at = as_(head), [ren.public_id]
    assert (
        browser.post(
            reverse("accounts:member_role", args=at), {"role": "administrator"}
        ).status_code
        == 302
    )
    assert role_of(ren) == "administrator"
    colleague = as_(ren)
    assert colleague.get("/settings/company/").context["may_invite"]
    assert browser.post(reverse("accounts:member_remove", args=at)).status_code == 302
    assert role_of(ren) is None
    assert (
        colleague.get("/settings/company/").status_code == 200
    )  # still signed in, without a company
    assert "ends" not in str(colleague.get("/settings/company/").content)
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "accounts.membership.role",
        "accounts.membership.end",
    }


def test_a_removed_member_does_not_come_back_by_a_link_they_kept(
    head: User, ren: User, as_: Any
) -> None:
    shared, token = invite_member(organization=head.organization, invited_by=head, now=time.now())
    as_(head).post(reverse("accounts:member_remove", args=[ren.public_id]))
    assert as_(ren).get(reverse("accounts:join", args=[token])).status_code == 410
    shared.refresh_from_db()
    assert shared.revoked_at


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_nobody_else_may(name: str, head: User, ren: User, mio: User, sato: User, as_: Any) -> None:
    Membership.objects.filter(user=mio).update(role="administrator")  # of another company
    for person, target in ((ren, head), (mio, ren), (sato, ren)):
        answer = as_(person).post(
            reverse(f"accounts:{name}", args=[target.public_id]), {"role": "administrator"}
        )
        assert answer.status_code == 404
    assert (role_of(ren), role_of(head)) == ("member", "administrator")


def test_nobody_changes_their_own_membership(head: User, as_: Any) -> None:
    as_(head).post(reverse("accounts:member_role", args=[head.public_id]), {"role": "member"})
    as_(head).post(reverse("accounts:member_remove", args=[head.public_id]))
    assert role_of(head) == "administrator"


def test_an_unknown_role_is_refused(head: User, ren: User, as_: Any) -> None:
    answer = as_(head).post(
        reverse("accounts:member_role", args=[ren.public_id]), {"role": "owner"}
    )
    assert answer.status_code == 400
    assert role_of(ren) == "member"


def test_our_administrator_invites_the_first_person_of_a_customer(
    kato: User, mio: User, as_: Any, sato: User
) -> None:
    company = mio.organization
    assert company
    page = reverse("accounts:organization", args=[company.public_id])
    invite = reverse("accounts:organization_invite", args=[company.public_id])
    assert 'name="emails"' in as_(kato).get(page).content.decode()
    assert 'name="emails"' not in as_(sato).get(page).content.decode()
    answer = as_(kato).post(invite, {"emails": "new@northfield.example", "role": "administrator"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    row = Invitation.objects.get(organization=company, email="new@northfield.example")
    assert row.role == "administrator"
    assert "new@northfield.example" in as_(kato).get(page).content.decode()
    revoked = as_(kato).post(reverse("accounts:invitation_revoke", args=[row.public_id]))
    assert revoked["Location"] == page
    assert as_(kato).post(invite, {"emails": "none", "role": "member"}).status_code == 422


def test_our_administrator_opens_a_link_into_a_customer_company(
    kato: User, mio: User, ren: User, as_: Any
) -> None:
    company = mio.organization
    assert company
    as_(kato).post(reverse("accounts:organization_link", args=[company.public_id]))
    row = Invitation.objects.get(organization=company, email="")
    page = (
        as_(kato).get(reverse("accounts:organization", args=[company.public_id])).content.decode()
    )
    assert token_for(row) in page
    assert row.role == "member"


def test_a_domain_bound_by_mistake_is_taken_away(
    kato: User, sato: User, mio: User, as_: Any
) -> None:
    company = mio.organization
    assert company
    at = reverse("accounts:organization_domain_remove", args=[company.public_id])
    assert as_(sato).post(at, {"domain": "northfield.example"}).status_code == 302
    assert not company.email_domains.exists()
    assert AuditEntry.objects.get(action="accounts.domain.remove").before == {
        "domain": "northfield.example"
    }
    assert as_(kato).post(at, {"domain": "northfield.example"}).status_code == 404


def test_people_who_work_here_are_listed_before_they_have_a_team(
    kato: User, as_: Any, world: Any
) -> None:

    create_user(
        email="neu@cloud.example",
        display_name="入江 新",
        organization=world.companies.own,
        now=people.NOW,
    )
    assert "入江 新" in as_(kato).get("/staff/settings/people/").content.decode()

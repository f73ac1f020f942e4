"""How people join: sign-up, a verified company domain, an invitation; and how they leave."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.accounts import privacy, services
from portal.accounts.models import EmailDomain, Invitation, Membership, User
from portal.accounts.selectors import is_free_mail, organization_for_email, registered_domain
from portal.accounts.services.invitations import InvitationClosed, NotAllowed, token_for
from portal.accounts.services.organizations import DomainTaken, FreeMailDomain
from portal.audit.models import AuditEntry
from portal.core import time
from portal.delivery.outbox import deliver_due
from portal.events.models import Event
from tests import people
from tests.world import World


def sign_up(client: Client, email: str, name: str = "新見 新") -> Any:
    data = {"email": email, "display_name": name, "password1": people.PASSWORD}
    response = client.post(reverse("account_signup"), data)
    assert response.status_code == 302, response.context["form"].errors
    code = re.search(
        r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.MULTILINE
    )
    assert code, mail.outbox[-1].body
    return client.post(response["Location"], {"code": code[1]})


def test_a_confirmed_company_address_joins_that_company(world: World) -> None:
    companies = world.companies
    client = Client(headers={"accept-language": "ja"})
    assert sign_up(client, "Niimi@mail.acme.example".replace("mail.", "")).status_code == 302
    user = User.objects.get(email="niimi@acme.example")
    assert user.organization == companies.acme
    assert (user.display_name, user.language) == ("新見 新", "ja")
    event = Event.objects.get(name="accounts.member.joined", actor_id=user.pk)
    assert event.organization_id == companies.acme.pk


def test_a_free_mail_address_belongs_to_no_company(world: World) -> None:
    world.companies  # noqa: B018  they exist
    client = Client(headers={"accept-language": "en"})
    sign_up(client, "somebody@gmail.com", "Some Body")
    user = User.objects.get(email="somebody@gmail.com")
    assert user.organization is None
    assert user.language == "en"


def test_a_sign_up_with_errors_keeps_what_was_typed(db: Any) -> None:
    response = Client(headers={"accept-language": "ja"}).post(
        reverse("account_signup"),
        {"email": "niimi@acme.example", "display_name": "新見 新", "password1": "1"},
    )
    assert response.status_code == 200
    page = response.content.decode()
    assert "niimi@acme.example" in page
    assert "新見 新" in page


@pytest.mark.parametrize(
    ("domain", "free"),
    [
        ("gmail.com", True),
        ("docomo.ne.jp", True),
        ("yahoo.co.jp", True),
        ("acme.example", False),
        ("ocn.ne.jp", True),
    ],
)
def test_free_mail_domains_are_known(domain: str, free: bool) -> None:
    assert is_free_mail(domain) is free


def test_a_subdomain_counts_for_its_company(world: World) -> None:
    EmailDomain.objects.create(
        organization=world.companies.acme, domain="acme.co.jp", verified_at=people.NOW
    )
    assert registered_domain("mail.acme.co.jp") == "acme.co.jp"
    assert organization_for_email("a@mail.acme.co.jp") == world.companies.acme
    assert organization_for_email("a@notacme.co.jp") is None


def test_an_unverified_domain_joins_nobody(world: World) -> None:
    EmailDomain.objects.create(organization=world.companies.acme, domain="unproven.example")
    assert organization_for_email("a@unproven.example") is None


def test_a_domain_has_one_company_and_is_never_free_mail(world: World, kato: User) -> None:
    with pytest.raises(DomainTaken, match="アクメ精機"):
        services.bind_domain(
            organization=world.companies.kestrel, domain="acme.example", actor=kato, now=people.NOW
        )
    with pytest.raises(FreeMailDomain):
        services.bind_domain(
            organization=world.companies.kestrel, domain="gmail.com", actor=kato, now=people.NOW
        )


def test_an_invitation_is_for_its_address_once(world: World, kato: User, mio: User) -> None:
    acme = world.companies.acme
    invitation, token = services.invite_member(
        organization=acme,
        invited_by=kato,
        email="new@acme.example",
        role="administrator",
        now=people.NOW,
    )
    with pytest.raises(InvitationClosed):
        services.accept_invitation(token=token, user=mio, now=people.NOW)
    new = services.create_user(email="new@acme.example", display_name="新", now=people.NOW)
    membership = services.accept_invitation(token=token, user=new, now=people.NOW)
    assert (membership.organization, membership.role) == (acme, "administrator")
    with pytest.raises(InvitationClosed):
        services.accept_invitation(token=token, user=new, now=people.NOW)
    invitation.refresh_from_db()
    assert invitation.accepted_by == new


def test_an_invitation_expires_and_can_be_taken_back(world: World, kato: User) -> None:
    new = services.create_user(email="new@acme.example", display_name="新", now=people.NOW)
    _, token = services.invite_member(
        organization=world.companies.acme, invited_by=kato, now=people.NOW
    )
    with pytest.raises(InvitationClosed):
        services.accept_invitation(token=token, user=new, now=people.NOW + timedelta(days=10))
    invitation, token = services.invite_member(
        organization=world.companies.acme, invited_by=kato, now=people.NOW
    )
    services.revoke_invitation(invitation=invitation, actor=kato, now=people.NOW)
    with pytest.raises(InvitationClosed):
        services.accept_invitation(token=token, user=new, now=people.NOW)
    assert Client().get(reverse("accounts:join", args=[token])).status_code == 410


def test_an_invitation_ends_with_the_right_of_whoever_sent_it(
    world: World, kato: User, client: Client
) -> None:
    company = world.companies.acme
    ren = world.person("ren")
    Membership.objects.filter(user=ren).update(role=Membership.Role.ADMINISTRATOR)
    _, token = services.invite_member(
        organization=company,
        invited_by=User.objects.get(pk=ren.pk),
        now=time.now(),
        email="new@other.example",
    )
    assert company.name in client.get(reverse("accounts:join", args=[token])).content.decode()
    services.deactivate_user(user=ren, actor=kato, now=time.now(), reason="退職")
    assert company.name not in client.get(reverse("accounts:join", args=[token])).content.decode()
    new = services.create_user(email="new@other.example", display_name="新", now=people.NOW)
    with pytest.raises(InvitationClosed):
        services.accept_invitation(token=token, user=new, now=time.now())
    assert not Membership.objects.filter(user=new).exists()


def test_only_a_company_administrator_invites_and_only_into_their_company(
    world: World, aki: User, mio: User
) -> None:
    acme = world.companies.acme
    with pytest.raises(NotAllowed):
        services.invite_member(
            organization=acme, invited_by=aki, email="x@acme.example", now=people.NOW
        )
    Membership.objects.filter(user=aki).update(role="administrator")
    del aki.__dict__["membership"]
    services.invite_member(
        organization=acme, invited_by=aki, email="x@acme.example", now=people.NOW
    )
    with pytest.raises(NotAllowed):
        services.invite_member(
            organization=world.companies.northfield,
            invited_by=aki,
            email="x@acme.example",
            now=people.NOW,
        )


def test_a_company_administrator_invites_by_paste_and_sees_who_waits(
    world: World, aki: User, as_: Any
) -> None:
    Membership.objects.filter(user=aki).update(role="administrator")
    browser = as_(aki)
    bad = browser.post(
        reverse("accounts:invite"), {"emails": "a@acme.example\nnot@an@address", "role": "member"}
    )
    assert bad.status_code == 422
    assert "2行目" in bad.content.decode()
    assert "a@acme.example" in bad.content.decode()
    assert not Invitation.objects.exists()
    good = browser.post(
        reverse("accounts:invite"), {"emails": "a@acme.example、b@acme.example", "role": "member"}
    )
    assert good.status_code == 302
    page = browser.get(reverse("accounts:company")).content.decode()
    assert "a@acme.example" in page
    assert "b@acme.example" in page


def test_an_invited_person_joins_with_one_click(world: World, kato: User, as_: Any) -> None:
    stranger = services.create_user(email="solo@solo.example", display_name="独", now=people.NOW)
    invitation, _ = services.invite_member(
        organization=world.companies.acme, invited_by=kato, now=time.now()
    )
    url = reverse("accounts:join", args=[token_for(invitation)])
    browser = as_(stranger)
    assert "アクメ精機" in browser.get(url).content.decode()
    assert browser.post(url).status_code == 302
    assert User.objects.get(pk=stranger.pk).organization == world.companies.acme


def test_switching_off_ends_everything_at_once(
    world: World, sato: User, kato: User, as_: Any
) -> None:
    browser = as_(sato)
    assert browser.get("/staff/").status_code == 200
    services.deactivate_user(user=sato, actor=kato, now=people.NOW, reason="left")
    again = User.objects.get(pk=sato.pk)
    assert (again.is_active, again.team_names, again.organization) == (False, frozenset(), None)
    assert browser.get("/staff/").status_code == 302
    assert AuditEntry.objects.get(action="accounts.user.deactivate").reason == "left"
    services.reactivate_user(user=again, actor=kato, now=people.NOW)
    assert not User.objects.get(pk=sato.pk).is_team


def test_nobody_changes_their_own_permissions(kato: User, as_: Any) -> None:
    with pytest.raises(services.people.OwnRights):
        services.set_rights(user=kato, actor=kato, now=people.NOW, is_moderator=True)
    response = as_(kato).post(
        reverse("accounts:person", args=[kato.public_id]), {"is_moderator": "on"}
    )
    assert response.status_code == 422


def test_rights_and_teams_are_given_with_a_trace(kato: User, aki: User, as_: Any) -> None:
    data = {"is_moderator": "on", "teams": ["support"], "reason": "joined us"}
    assert as_(kato).post(reverse("accounts:person", args=[aki.public_id]), data).status_code == 302
    again = User.objects.get(pk=aki.pk)
    assert (again.is_moderator, again.team_names) == (True, frozenset({"support"}))
    acts = set(
        AuditEntry.objects.filter(target=f"accounts.user:{aki.pk}").values_list("action", flat=True)
    )
    assert acts == {"accounts.rights.set", "accounts.team.assign"}


def test_erasing_leaves_no_trace_of_the_name(world: World, aki: User, as_: Any) -> None:
    browser = as_(aki)
    wrong = browser.post(reverse("accounts:erase"), {"email": "other@acme.example"})
    assert wrong.status_code == 422
    assert browser.post(reverse("accounts:erase"), {"email": "aki@acme.example"}).status_code == 302
    again = User.objects.get(pk=aki.pk)
    assert (again.display_name, again.is_active, again.has_usable_password()) == ("", False, False)
    assert "aki" not in again.email
    told = [str(payload) for payload in Event.objects.values_list("payload", flat=True)]
    assert not any("秋山" in text or "aki@" in text for text in told)
    assert (
        as_(world.person("mio")).get(reverse("accounts:member", args=[aki.public_id])).status_code
        == 404
    )


def test_the_export_holds_the_profile_and_the_membership(aki: User, as_: Any) -> None:
    data = as_(aki).get(reverse("accounts:export")).json()
    assert data["profile"][0]["email"] == "aki@acme.example"
    assert data["memberships"][0]["organization"] == "アクメ精機"
    assert set(privacy.export(aki)) == set(data)


def test_the_language_switch_keeps_the_page_and_refuses_foreign_addresses(
    aki: User, as_: Any
) -> None:
    browser = as_(aki)
    back = browser.post(
        reverse("accounts:language"), {"language": "en", "next": "/settings/profile/?a=1"}
    )
    assert back["Location"] == "/settings/profile/?a=1"
    assert "Profile" in browser.get("/settings/profile/").content.decode()
    assert User.objects.get(pk=aki.pk).language == "en"
    for target in (
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "https://[::1",
    ):
        assert (
            browser.post(reverse("accounts:language"), {"language": "ja", "next": target})[
                "Location"
            ]
            == "/"
        )


def test_stages_move_with_history(world: World, sato: User, as_: Any) -> None:
    acme = world.companies.acme
    data = {
        "name": "アクメ精機",
        "lifecycle": "advocating",
        "reason": "紹介してくれた",
        "currency": "JPY",
    }
    assert (
        as_(sato)
        .post(reverse("accounts:organization_edit", args=[acme.public_id]), data)
        .status_code
        == 302
    )
    acme.refresh_from_db()
    assert acme.lifecycle == "advocating"
    last = acme.lifecycle_changes.order_by("-pk")[0]
    assert (last.before, last.after, last.reason) == ("adopting", "advocating", "紹介してくれた")
    assert (
        Event.objects.filter(name="accounts.organization.moved", organization_id=acme.pk).count()
        == 1
    )


def test_the_invitation_is_mailed_once_in_the_inviters_language(
    world: World, kato: User, dispatched: Any
) -> None:
    invitation, token = services.invite_member(
        organization=world.companies.acme, invited_by=kato, email="new@acme.example", now=time.now()
    )
    dispatched()
    deliver_due()
    dispatched()
    deliver_due()
    (message,) = [sent for sent in mail.outbox if sent.to == ["new@acme.example"]]
    assert message.subject == "加藤 薫さんが アクメ精機 に招待しています"
    assert f"/join/{token}/" in message.body
    assert Client().get(reverse("accounts:join", args=[token])).status_code == 200
    assert token_for(invitation) == token

"""Whose a mail domain is: how it is written, what stands for no company, and who may have it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from portal.accounts.domains import (
    company_part,
    is_free_mail,
    mailbox_of,
    normalize_domain,
    registered_domain,
    show_domain,
)
from portal.accounts.models import EmailDomain, MailProvider, Organization
from portal.accounts.selectors import organization_for_email, organization_using
from portal.accounts.services import create_organization, create_user
from portal.audit.models import AuditEntry
from tests.people import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("tenant-a.onmicrosoft.com", "tenant-a.onmicrosoft.com"),
        ("x.tenant-a.onmicrosoft.com", "tenant-a.onmicrosoft.com"),
        ("tenant-a.mail.onmicrosoft.com", "tenant-a.onmicrosoft.com"),
        ("onmicrosoft.com", ""),
        ("foo.github.io", "foo.github.io"),
        ("github.io", ""),
        ("mail.acme.co.jp", "acme.co.jp"),
        ("ACME.CO.JP.", "acme.co.jp"),
        ("ＡＣＭＥ．ｃｏ．ｊｐ", "acme.co.jp"),
        ("acme。co。jp", "acme.co.jp"),
        ("co.jp", ""),
        ("tokyo.jp", ""),
        ("日本語.jp", "xn--wgv71a119e.jp"),
        ("xn--wgv71a119e.jp", "xn--wgv71a119e.jp"),
        ("straße.de", "xn--strae-oqa.de"),
        ("strasse.de", "strasse.de"),
        ("acme.example", "acme.example"),
        *(
            (provider, "")
            for provider in (
                "yahoo.ne.jp nifty.ne.jp nifty.com odn.ne.jp wakwak.com docomo.ne.jp ezweb.ne.jp "
                "softbank.ne.jp i.softbank.jp ocn.ne.jp so-net.ne.jp biglobe.ne.jp plala.or.jp "
                "eonet.ne.jp privaterelay.appleid.com gmail.com icloud.com user.ocn.ne.jp"
            ).split()
        ),
        ("", ""),
        ("a b", ""),
    ],
)
def test_which_part_stands_for_a_company(written: str, part: str) -> None:
    assert company_part(written) == part


def test_a_name_beyond_ascii_is_read_back() -> None:
    assert show_domain(normalize_domain("日本語.jp")) == "日本語.jp"
    assert registered_domain("mail.日本語.jp") == "xn--wgv71a119e.jp"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Aki.K+news@gmail.com", "akik@googlemail.com", True),
        ("aki+x@acme.example", "AKI@acme.example", True),
        ("a.ki@acme.example", "aki@acme.example", False),
        ("aki@日本語.jp", "aki@xn--wgv71a119e.jp", True),
    ],
)
def test_one_mailbox_written_two_ways(one: str, other: str, same: bool) -> None:
    assert (mailbox_of(one) == mailbox_of(other)) is same


def test_a_domain_in_use_by_members_of_one_company_is_no_others(kato: Any) -> None:
    company = create_organization(name="桜", now=NOW, lifecycle="adopting")
    person = create_user(
        email="s@other.example", display_name="桜井", now=NOW, organization=company
    )
    EmailAddress.objects.create(user=person, email="s@sakura-kk.co.jp", verified=True)
    EmailAddress.objects.create(user=person, email="s@unproven.co.jp", verified=False)
    assert organization_using("mail.sakura-kk.co.jp") == company
    assert organization_using("unproven.co.jp") is None


# --- the company form ---


def form_of(**fields: Any) -> dict[str, Any]:
    return {"name": "桜", "lifecycle": "prospect", "currency": "JPY", **fields}


def test_the_company_form_takes_a_domain(client_for: Any, tanaka: Any) -> None:
    answer = client_for(tanaka).post(
        reverse("accounts:organization_new"), form_of(domain="＠日本語.jp".replace("＠", "@"))
    )
    assert answer.status_code == 302
    assert str(EmailDomain.objects.get(organization__name="桜")) == "日本語.jp"


@pytest.mark.parametrize("domain", ["ocn.ne.jp", "co.jp", "nonsense", "acme.example"])
def test_a_domain_it_cannot_have_is_told_and_nothing_is_saved(
    client_for: Any, tanaka: Any, aki: Any, domain: str
) -> None:
    answer = client_for(tanaka).post(
        reverse("accounts:organization_new"), form_of(domain=domain, industry="製造")
    )
    assert answer.status_code == 422
    assert "製造" in answer.content.decode()
    assert not Organization.objects.filter(name="桜").exists()


def test_staff_move_a_domain_that_a_prospect_holds_wrongly(client_for: Any, tanaka: Any) -> None:
    prospect = create_organization(name="見込み客", now=NOW)
    EmailDomain.objects.create(organization=prospect, domain="sakura-kk.co.jp")
    company = create_organization(name="桜", now=NOW, lifecycle="adopting")
    client, address = (
        client_for(tanaka),
        reverse("accounts:organization_domains", args=[company.public_id]),
    )
    refused = client.post(address, {"domain": "sakura-kk.co.jp"})
    assert refused.status_code == 422
    assert 'name="move"' in refused.content.decode()
    assert client.post(address, {"domain": "sakura-kk.co.jp", "move": "on"}).status_code == 302
    assert EmailDomain.objects.get(domain="sakura-kk.co.jp").organization == company
    assert organization_for_email("a@sakura-kk.co.jp") == company
    acts = AuditEntry.objects.filter(action__startswith="accounts.domain").order_by("pk")
    assert [act.action for act in acts] == ["accounts.domain.remove", "accounts.domain.add"]


def test_a_customers_domain_cannot_be_moved(client_for: Any, tanaka: Any, aki: Any) -> None:
    company = create_organization(name="桜", now=NOW, lifecycle="adopting")
    address = reverse("accounts:organization_domains", args=[company.public_id])
    answer = client_for(tanaka).post(address, {"domain": "acme.example", "move": "on"})
    assert answer.status_code == 422
    assert 'name="move"' not in answer.content.decode()
    assert EmailDomain.objects.get(domain="acme.example").organization == aki.organization


# --- the list of providers ---


def test_an_administrator_extends_the_list_of_providers(client_for: Any, kato: Any) -> None:
    client, address = client_for(kato), reverse("accounts:mail_providers")
    prospect = create_organization(name="見込み客", now=NOW)
    EmailDomain.objects.create(organization=prospect, domain="machi-net.example")
    assert client.post(address, {"domain": "Machi-Net.example"}).status_code == 302
    assert is_free_mail("user.machi-net.example")
    assert not EmailDomain.objects.filter(domain="machi-net.example").exists()
    assert "machi-net.example" in client.get(address).content.decode()
    row = MailProvider.objects.get()
    assert client.post(reverse("accounts:mail_provider_remove", args=[row.pk])).status_code == 302
    assert not is_free_mail("machi-net.example")
    acts = AuditEntry.objects.filter(action__startswith="accounts.provider").order_by("pk")
    assert [act.action for act in acts] == ["accounts.provider.add", "accounts.provider.remove"]


@pytest.mark.parametrize("domain", ["ocn.ne.jp", "nonsense", "acme.example", "co.jp", ""])
def test_what_the_list_of_providers_does_not_take(
    client_for: Any, kato: Any, aki: Any, domain: str
) -> None:
    answer = client_for(kato).post(reverse("accounts:mail_providers"), {"domain": domain})
    assert answer.status_code == 422
    assert not MailProvider.objects.exists()


# --- the finance role ---


def test_the_finance_role_is_given_on_the_page_of_people_and_audited(
    client_for: Any, kato: Any, sato: Any
) -> None:
    client = client_for(kato)
    client.post(
        reverse("accounts:person", args=[sato.public_id]), {"is_finance": "on", "reason": "経理"}
    )
    sato.refresh_from_db()
    assert sato.is_finance
    assert not sato.is_administrator
    act = AuditEntry.objects.filter(action="accounts.rights.set").latest("pk")
    assert act.after["is_finance"] is True
    client.post(reverse("accounts:deactivate", args=[sato.public_id]))
    sato.refresh_from_db()
    assert not sato.is_finance

"""Log-in by the company's own identity provider, in a browser that enforces the content security
policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal.accounts.models import User
from tests.browser import identity_provider
from tests.browser.identity_provider import Provider
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with identity_provider.serving(
        {"sub": "1", "email": "niimi@acme.example", "name": "新見 新"}
    ) as running:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "APPS": [
                    {
                        "provider_id": "sso",
                        "name": "Acme SSO",
                        "client_id": "hazumi",
                        "secret": "s",
                        "settings": {"server_url": running.url},
                    }
                ]
            }
        }
        yield running


def come_in(page: Any) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Acme SSO").or_(
        page.get_by_role("button", name="Acme SSO")
    ).click()
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/accounts/**" if not page.url.endswith("/") else "**/")
    page.wait_for_load_state()


def test_a_newcomer_with_a_confirmed_address_joins_their_company(
    world: World, provider: Provider, page_of: Any
) -> None:
    acme = world.companies.acme
    provider.person["email_verified"] = True
    page = page_of()
    come_in(page)
    page.wait_for_url("**/")
    user = User.objects.get(email="niimi@acme.example")
    assert (user.display_name, user.organization) == ("新見 新", acme)


def test_a_member_known_by_their_address_signs_in_to_their_account(
    aki: User, provider: Provider, page_of: Any
) -> None:
    provider.person |= {"email": aki.email, "email_verified": True}
    page = page_of()
    come_in(page)
    page.wait_for_url("**/")
    assert User.objects.filter(email=aki.email).count() == 1
    page.goto("/settings/profile/")
    assert page.locator("#id_display_name").input_value() == aki.display_name


def test_an_address_nobody_confirmed_opens_nobodys_account(
    aki: User, provider: Provider, page_of: Any
) -> None:
    provider.person |= {"email": aki.email, "email_verified": False}
    page = page_of()
    come_in(page)
    page.goto("/settings/profile/")
    assert page.locator("#id_display_name").count() == 0  # a code goes to the address first
    assert not Session.objects.filter(
        session_key__in=UserSession.objects.filter(user=aki).values("session_key")
    ).exists()

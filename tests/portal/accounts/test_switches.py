"""The switches for language and appearance: a cookie for anonymous visitors; for members the
account, with a CSRF token.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User

SWITCHES = (("language", "en", "hz_language"), ("theme", "dark", "hz_theme"))


def addresses() -> list[tuple[str, str, str, str]]:
    return [(reverse(f"accounts:{name}"), name, value, cookie) for name, value, cookie in SWITCHES]


@pytest.mark.django_db
def test_an_anonymous_visitor_switches_without_a_csrf_token() -> None:
    for url, name, value, cookie in addresses():
        response = Client(enforce_csrf_checks=True).post(url, {name: value, "next": "/"})
        assert response.status_code == 302
        assert response.cookies[cookie].value == value


@pytest.mark.django_db
def test_pages_for_anonymous_visitors_set_no_cookie() -> None:
    response = Client().get("/")
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content


def test_a_member_needs_a_csrf_token(aki: User) -> None:
    for url, name, value, _ in addresses():
        client = Client(enforce_csrf_checks=True)
        client.force_login(aki, backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(url, {name: value}).status_code == 403
    aki.refresh_from_db()
    assert (aki.language, aki.theme) == ("ja", "system")

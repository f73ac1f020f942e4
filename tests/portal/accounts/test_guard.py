"""The write rate limit and the second factor of staff."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User


def test_the_write_after_the_limit_is_refused_with_a_time_to_wait(
    aki: User, as_: Any, settings: Any
) -> None:
    settings.HAZUMI_WRITES_PER_MINUTE = 3
    browser = as_(aki)
    for _ in range(3):
        assert browser.post(reverse("accounts:theme"), {"theme": "dark"}).status_code == 302
    refused = browser.post(
        reverse("accounts:theme"), {"theme": "light"}, headers={"accept": "text/html"}
    )
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 121
    assert User.objects.get(pk=aki.pk).theme == "dark"
    assert browser.get("/").status_code == 200


def test_a_made_up_forwarded_address_does_not_lift_the_limit(db: Any, settings: Any) -> None:
    settings.HAZUMI_WRITES_PER_MINUTE = 2
    stranger = Client()
    answers = [
        stranger.post(
            reverse("accounts:theme"),
            {"theme": "dark"},
            headers={"x-forwarded-for": f"203.0.113.{n}"},
        )
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 429]


def test_staff_pages_wait_for_a_second_factor_where_it_is_required(
    sato: User, as_: Any, settings: Any
) -> None:
    settings.HAZUMI_STAFF_SECOND_FACTOR = True
    browser = as_(sato)
    answer = browser.get("/staff/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    assert browser.get("/").status_code == 200
    Authenticator.objects.create(user=sato, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert browser.get("/staff/").status_code == 200

"""Input PostgreSQL cannot store is refused early, and unknown API URLs answer with problem
details.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.api.services import create_key
from tests import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/questions/?tag=%00",
        "/articles/?tag=a%00b",
        "/staff/organizations/?q=%00",
        "/staff/settings/people/?q=%00",
        "/staff/settings/audit/?target=%00",
        "/staff/signals/?rule=%00",
    ],
)
def test_a_filter_with_a_character_that_cannot_be_kept_filters_nothing(
    kato: User, as_: Any, address: str
) -> None:
    assert as_(kato).get(address).status_code == 200


def test_an_address_with_it_is_refused(kato: User, as_: Any) -> None:
    assert as_(kato).get("/staff/settings/rules/%00/").status_code == 400


def test_neither_does_it_come_in_by_a_form(kato: User, aki: User, as_: Any) -> None:
    at = f"/staff/settings/people/{aki.public_id}/deactivate/"
    assert as_(kato).post(at, {"reason": "a\x00b"}).status_code == 400
    aki.refresh_from_db()
    assert aki.is_active


def test_the_api_says_so_as_a_problem(kato: User) -> None:
    _, text = create_key(name="k", scopes=["topics:read"], actor=kato, now=people.NOW)
    answer = Client(headers={"authorization": f"Bearer {text}"}).get("/api/v1/topics/?kind=%00")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_an_address_of_the_api_that_is_none_answers_as_the_api_does(client: Client) -> None:
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404
    assert client.get("/api/v1/topics").status_code == 401  # the slash was forgotten, the key too
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")

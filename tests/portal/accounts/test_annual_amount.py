"""The annual amount of a company is typed as people write money and kept in minor units."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import Organization

pytestmark = pytest.mark.django_db


def send(client: Any, amount: str, currency: str) -> Any:
    given = {"name": "青葉製作所", "lifecycle": "prospect", "annual_amount": amount}
    return client.post(reverse("accounts:organization_new"), {**given, "currency": currency})


@pytest.mark.parametrize(
    ("typed", "currency", "kept"),
    [
        ("1,200,000", "JPY", 1_200_000),
        ("１，２００", "JPY", 1_200),
        ("1,200.5", "USD", 120_050),
        ("", "JPY", None),
    ],
)
def test_what_is_typed_is_what_is_shown(
    as_: Any, tanaka: Any, typed: str, currency: str, kept: int | None
) -> None:
    client = as_(tanaka)
    assert send(client, typed, currency).status_code == 302
    row = Organization.objects.get(name="青葉製作所")
    assert (row.annual_amount, row.currency) == (kept, currency)
    edit = reverse("accounts:organization_edit", args=[row.public_id])
    page = client.get(edit).content.decode()
    shown = {1_200_000: "1200000", 1_200: "1200", 120_050: "1200.50", None: ""}[kept]
    assert not shown or f'value="{shown}"' in page
    again = {"name": "青葉製作所", "lifecycle": "prospect"}
    client.post(edit, {**again, "annual_amount": shown, "currency": currency})
    row.refresh_from_db()
    assert row.annual_amount == kept, "saving what is shown changes nothing"


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("1,20", "JPY"), ("1.200", "EUR"), ("1.5", "JPY"), ("$5", "JPY"), ("5", "ABC"), ("-5", "JPY")],
)
def test_what_may_mean_another_amount_is_refused(
    as_: Any, tanaka: Any, typed: str, currency: str
) -> None:
    answer = send(as_(tanaka), typed, currency)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode(), "what was typed is kept"
    assert not Organization.objects.filter(name="青葉製作所").exists()

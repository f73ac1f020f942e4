"""Somebody who was introduced by their address and never answered is erased with their account."""

from __future__ import annotations

from typing import Any

from portal.accounts.services import create_user, erase_user
from referrals.models import Referral
from referrals.services.introductions.introductions import introduce_person
from tests.people import NOW


def test_an_introduced_address_is_erased(program: Any, aki: Any) -> None:
    address = "hana.unique@blau.example"
    introduce_person(
        program=program, referrer=aki, name="花田 花", company="ブラウ", email=address, now=NOW
    )
    hana = create_user(email=address, display_name="花田 花", now=NOW)
    erase_user(user=hana, now=NOW)
    row = Referral.objects.get()
    assert (row.referee_email, row.referee_name, row.referee_company) == ("", "", "")

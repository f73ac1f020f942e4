"""A contract without a reward shows the reason, to the referrer and to staff."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from referrals.models import Program, Referral, Reward, RewardRule
from referrals.services.links.links import choose_beneficiary, link_for
from tests.people import NOW
from tests.referrals.made import tell, won_referral

pytestmark = pytest.mark.django_db
MINE = {"side": "referrer"}


def rule(program: Program) -> Any:
    return RewardRule.objects.filter(program=program, **MINE)


def no_wish(aki: Any, program: Program) -> None:
    choose_beneficiary(link=link_for(user=aki, program=program, now=NOW), beneficiary="none")


def another_currency(aki: Any, program: Program) -> None:
    rule(program).update(amount=0, basis_points=1_000)
    Program.objects.filter(pk=program.pk).update(currency="USD")


def spent(aki: Any, program: Program) -> None:
    rule(program).update(budget=10_000)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (no_wish, "特典なしのご紹介を選ばれています"),
        (another_currency, "JPY建て、特典はUSD建て"),
        (spent, "予算が上限に達しました"),
    ],
)
def test_the_reason_is_said(
    as_: Any, aki: Any, tanaka: Any, program: Program, given: Any, said: str
) -> None:
    given(aki, program)
    referral = won_referral(aki, Program.objects.get(pk=program.pk))
    assert not Reward.objects.filter(**MINE).exists()
    assert (
        said
        in as_(aki).get(reverse("referrals:referral", args=[referral.public_id])).content.decode()
    )
    assert (
        said
        in as_(tanaka)
        .get(reverse("referrals:desk_referral", args=[referral.public_id]))
        .content.decode()
    )


def test_a_share_waits_for_the_sale_and_then_says_nothing(
    as_: Any, aki: Any, program: Program
) -> None:
    rule(program).update(amount=0, basis_points=1_000)
    code = link_for(user=aki, program=program, now=NOW).code
    tell(
        "introduction",
        "i",
        code=code,
        domain="aoba.example",
        claim="code",
        occurred_at=NOW.isoformat(),
    )
    tell("stage", "s", domain="aoba.example", stage="won", occurred_at=NOW.isoformat())
    page = reverse("referrals:referral", args=[Referral.objects.get().public_id])
    assert "その金額がまだ届いていません" in as_(aki).get(page).content.decode()
    sale = {"invoice": "I", "amount": 500_000, "currency": "JPY"}
    tell("conversion", "c", domain="aoba.example", occurred_at=NOW.isoformat(), **sale)
    assert "特典がない理由" not in as_(aki).get(page).content.decode()

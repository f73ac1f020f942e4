"""The leaderboard: opted-in people only, real results only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from portal.accounts import privacy
from portal.accounts.services import erase_user
from referrals.models import BoardChoice, Program
from referrals.privacy import on_deactivation
from referrals.selectors.leaderboard import Quarter, board_for, quarter_named, quarter_of
from tests.people import NOW
from tests.referrals.made import tell, won_referral

pytestmark = pytest.mark.django_db
URL = reverse("referrals:board")


@pytest.fixture
def winners(aki: Any, ren: Any, mio: Any, daniel: Any, program: Program) -> Program:
    """aki has two contracts, ren, mio and daniel one each."""
    for number, user in enumerate((aki, aki, ren, mio, daniel)):
        won_referral(user, program, domain=f"w{number}.example", name=str(number))
    return program


def show(as_: Any, user: Any, how: str = "name") -> None:
    assert as_(user).post(URL, {"shown_as": how}).status_code == 302


def text(as_: Any, user: Any, **headers: str) -> str:
    return str(as_(user, **headers).get(URL).content.decode())


def test_nobody_is_shown_who_did_not_choose_it_and_two_are_no_ranking(
    as_: Any, aki: Any, mio: Any, winners: Program
) -> None:
    page = text(as_, mio)
    assert "人数が足りません" in page
    assert "掲載を選んだ方は0名" in page
    assert "1件の成約" in page
    assert "これはあなただけに表示されています" in page
    show(as_, aki)
    show(as_, mio)
    assert "秋山" not in text(as_, mio)
    assert "2 people with contracts chose to be shown" in text(
        as_, mio, **{"accept-language": "en"}
    )


def test_three_who_chose_it_are_shown_as_they_chose(
    as_: Any, aki: Any, ren: Any, mio: Any, daniel: Any, winners: Program
) -> None:
    show(as_, aki)
    show(as_, mio, "company")
    show(as_, daniel)
    page = text(as_, ren)
    assert "秋山 秋" in page
    assert "ノースフィールドの方" in page
    assert "水島" not in page
    assert "蓮田 蓮" not in board_names(winners, ren)
    board = board_for(winners, quarter_of(NOW), ren)
    assert [(row.rank, row.count) for row in board.rows] == [(1, 2), (2, 1), (2, 1)]
    assert (board.my_count, board.my_rank) == (1, 2)
    show(as_, aki, "")
    assert "秋山 秋" not in text(as_, ren)
    assert as_(aki).post(URL, {"shown_as": "everything"}).status_code == 422


def board_names(program: Program, reader: Any) -> list[str]:
    return [row.name for row in board_for(program, quarter_of(NOW), reader).rows]


def test_other_quarters_and_refunded_contracts_do_not_count(aki: Any, winners: Program) -> None:
    now = quarter_of(NOW)
    assert board_for(winners, now, aki).my_count == 2
    assert board_for(winners, now.before, aki).my_count == 0
    tell("refund", "r", invoice="INV-0", reference="r", amount=1_000_000)
    assert board_for(winners, now, aki).my_count == 1


def test_who_leaves_or_is_erased_is_no_longer_shown(
    aki: Any, mio: Any, daniel: Any, winners: Program
) -> None:
    for user in (aki, mio, daniel):
        BoardChoice.objects.create(program=winners, user=user, chosen_at=NOW)
    assert {row["kind"] for row in privacy.export(aki)["referrals"]} >= {"shown on the leaderboard"}
    on_deactivation(mio, NOW)
    erase_user(user=aki, now=NOW)
    assert list(BoardChoice.objects.values_list("user_id", flat=True)) == [daniel.pk]
    assert board_names(winners, daniel) == []


def test_quarters_have_names_and_neighbours() -> None:
    assert quarter_named("2026Q1", NOW).before == Quarter(2025, 4)
    assert quarter_named("2025Q4", NOW).after == Quarter(2026, 1)
    assert quarter_named("nonsense", NOW) == quarter_of(NOW) == Quarter(2026, 4)
    assert quarter_of(NOW).start <= NOW < quarter_of(NOW).after.start - timedelta(days=1)

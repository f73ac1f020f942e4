"""The leaderboard: who won introductions in a quarter and opted in.

Real rows only; nobody is invented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import BooleanField, Case, Count, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from portal.accounts.models import User
from portal.core.calendar.calendars import site_calendar
from portal.core.time import day_of, start_of_day
from referrals.models import Attribution, BoardChoice, Conversion, Program, Referral, Step

AT_LEAST: Final = 3  # fewer people are no ranking
QUARTER = re.compile(r"^(20\d\d)Q([1-4])$")


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, here."""

    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def start(self) -> datetime:
        return start_of_day(date(self.year, self.number * 3 - 2, 1), site_calendar())

    @property
    def before(self) -> Quarter:
        return (
            Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)
        )

    @property
    def after(self) -> Quarter:
        return (
            Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)
        )


def quarter_of(moment: datetime) -> Quarter:
    """Return the quarter of a moment."""
    local = day_of(moment, site_calendar())
    return Quarter(local.year, (local.month + 2) // 3)


def quarter_named(name: str, now: datetime) -> Quarter:
    """Return the named quarter; this one for anything else."""
    found = QUARTER.match(name)
    return Quarter(int(found[1]), int(found[2])) if found else quarter_of(now)


@dataclass(frozen=True)
class Row:
    """One line of the board."""

    rank: int
    name: str
    company: str
    count: int
    is_mine: bool


@dataclass(frozen=True)
class Board:
    """A quarter's board for one reader."""

    rows: list[Row]
    people: int  # who let themselves be shown and won something
    my_count: int
    my_rank: int | None  # the reader's rank, or what it would be if they opted in
    choice: BoardChoice | None


def wins_of(program: Program, quarter: Quarter) -> dict[int, int]:
    """Return how many introductions each person won in a quarter, by the contract's date; wholly
    refunded ones do not count.
    """
    won = Step.objects.filter(
        referred=OuterRef("referred"), stage__in=(Step.Stage.WON, Step.Stage.LIVE)
    )
    first_sale = Conversion.objects.filter(referred=OuterRef("referred")).order_by(
        "occurred_at", "invoice"
    )
    taken_back = Case(
        When(refunded_amount__gte=F("amount"), then=True),
        default=False,
        output_field=BooleanField(),
    )
    rows = (
        Attribution.objects.filter(
            program_id=program.pk,
            is_active=True,
            referral__state__in=(Referral.State.WON, Referral.State.LIVE),
            referral__referrer__is_active=True,
        )
        .annotate(
            won_at=Subquery(won.order_by("at").values("at")[:1]),
            is_taken_back=Coalesce(Subquery(first_sale.values(gone=taken_back)[:1]), False),
        )
        .filter(won_at__gte=quarter.start, won_at__lt=quarter.after.start, is_taken_back=False)
    )
    counts = rows.order_by().values("referral__referrer").annotate(n=Count("pk"))
    return dict(counts.values_list("referral__referrer", "n"))


def board_for(program: Program, quarter: Quarter, reader: User) -> Board:
    """Return the board of a quarter.

    Whoever did not opt in appears on it for themselves only.
    """
    wins = wins_of(program, quarter)
    choices = {
        row.user_id: row
        for row in BoardChoice.objects.filter(
            program=program, user_id__in={*wins, reader.pk}
        ).select_related("user")
    }
    shown = sorted(
        (pk for pk in wins if pk in choices), key=lambda pk: (-wins[pk], choices[pk].chosen_at, pk)
    )

    def rank(count: int, own: int) -> int:
        return 1 + sum(wins[pk] > count for pk in shown if pk != own)

    rows = []
    for pk in shown if len(shown) >= AT_LEAST else []:
        choice, user = choices[pk], choices[pk].user
        company = user.organization.name if user.organization else ""
        by_name = choice.shown_as == BoardChoice.ShownAs.NAME or not company
        rows.append(
            Row(
                rank(wins[pk], pk),
                user.display_name if by_name else "",
                "" if by_name else company,
                wins[pk],
                pk == reader.pk,
            )
        )
    mine = wins.get(reader.pk, 0)
    return Board(
        rows, len(shown), mine, rank(mine, reader.pk) if mine else None, choices.get(reader.pk)
    )

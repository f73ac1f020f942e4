"""The first rows of a file as they are understood: a person sees a wrong reading at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from referrals.inbound import values
from referrals.inbound.crm import OURS, Deals, fold
from referrals.inbound.parsed import ParseError
from referrals.models import DealImport, DealRow
from referrals.services.intake.import_check import getter, plan_row, reader_of

SHOWN_ROWS: Final = 20


@dataclass(frozen=True)
class Understood:
    """One row as it is read. Beside every value stands what the file says; `note` says why the row
    is not taken.
    """

    line: int
    deal: str
    domain: str
    company: str
    theirs: str
    ours: str
    written_amount: str
    amount: int | None
    currency: str
    written_date: str
    closed: date | None
    note: str


def first_rows(batch: DealImport, now: datetime) -> list[Understood]:
    """Return the first rows of a file as its import would read them now."""
    deals = reader_of(batch, now)
    return [_understood(batch, deals, row) for row in batch.rows.order_by("number")[:SHOWN_ROWS]]


def _understood(batch: DealImport, deals: Deals, row: DealRow) -> Understood:
    plan = plan_row(batch, deals, row.cells)
    # in a row of another length no cell is known to belong to its column
    get = getter(batch, row.cells if len(row.cells) == len(batch.header) else [])
    amount, currency = _money(deals, get("amount"), get("currency"))
    theirs = values.text(get("stage"), 100)
    ours = deals.stages.get(fold(theirs)) or deals.mapping.stages.get(fold(theirs), "")
    return Understood(
        line=row.line,
        deal=values.text(get("deal"), 100),
        domain=values.company_domain(get("domain")),
        company=values.text(get("company"), 120),
        theirs=theirs,
        ours=ours if ours in OURS else "",
        written_amount=get("amount"),
        amount=amount,
        currency=currency,
        written_date=get("closed"),
        closed=_closed(deals, get("closed")),
        note=plan.note,
    )


def _money(deals: Deals, given: str, stated: str) -> tuple[int | None, str]:
    try:
        return deals.money(given, stated) if given else (None, "")
    except ParseError:
        return None, ""


def _closed(deals: Deals, given: str) -> date | None:
    try:
        closed = deals.closed(given)
    except ParseError:
        return None
    return closed.astimezone(deals.zone).date() if closed else None

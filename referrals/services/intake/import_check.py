"""The dry run of an imported table: how its amounts and dates are written, and what every row would
do. Writes nothing but its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from portal.accounts.models import EmailDomain
from portal.core.text import amounts, dates
from referrals.inbound.crm import DATED, NEEDED, OURS, Deals, fold
from referrals.inbound.parsed import ParseError, Told
from referrals.models import Attribution, DealImport, DealRow, Fact, InboundSource
from referrals.services.facts.record import digest
from referrals.services.intake.webhooks import deals_of

OUTCOMES: Final = ("created", "updated", "parked", "skipped", "failed")
SHOWN_ERRORS: Final = 20
MOST_CORRECTIONS: Final = 9  # of one sale, by files
ENDINGS: Final = (
    *("claim", "sale", *OURS[:5]),
    *(f"{stage}_at" for stage in DATED),
    *(f"sale-c{number}" for number in range(1, MOST_CORRECTIONS + 1)),
)


@dataclass(frozen=True)
class Plan:
    """What a row would do: the records to write, or why none."""

    facts: tuple[Told, ...] = ()
    note: str = ""
    wrong: bool = False


def reader_of(batch: DealImport, now: datetime) -> Deals:
    """Return how the rows of a file are read: by what its dry run decided and a person chose."""
    deals = deals_of(
        batch.source,
        now,
        stages={fold(theirs): ours for theirs, ours in batch.stages.items()},
        decimal=batch.checked.get("decimal", ""),
        date_order=batch.checked.get("date_order", ""),
    )
    currency = batch.reading.get("currency") or deals.mapping.currency
    return replace(deals, mapping=replace(deals.mapping, currency=currency))


def getter(batch: DealImport, cells: list[str]) -> Callable[[str], str]:
    """Return what gives the cell of a field by the chosen columns."""
    places = {name: batch.header.index(column) for name, column in batch.columns.items()}

    def get(name: str) -> str:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    return get


def plan_row(batch: DealImport, deals: Deals, cells: list[str]) -> Plan:
    """Read one row by the chosen columns."""
    if not cells:
        return Plan(note="erased", wrong=True)
    if len(cells) != len(batch.header):  # a cell was cut in two: which one is not known
        return Plan(note=f"row_length: {len(cells)} / {len(batch.header)}", wrong=True)
    try:
        reading = deals.read_one(getter(batch, cells))
    except ParseError as error:
        return Plan(note=str(error), wrong=True)
    return Plan(reading.facts, reading.note)


def with_corrections(plan: Plan, known: dict[str, str], *, replaces: bool) -> Plan:
    """Return a plan in which a sale that was received with other details becomes its correction.

    A correction that was received before stays the same message; a new one is made only when a
    person asked for it (`replaces`).
    """
    return replace(plan, facts=tuple(_corrected(told, known, replaces) for told in plan.facts))


def _corrected(told: Told, known: dict[str, str], replaces: bool) -> Told:
    if told.kind != "conversion" or told.external_id not in known:
        return told
    ids = [f"{told.external_id}-c{number}" for number in range(1, MOST_CORRECTIONS + 1)]
    so_far = [name for name in ids if name in known]
    body = {**told.body, "corrects": told.body["invoice"]}
    if so_far and known[so_far[-1]] == digest(told.kind, body):
        return replace(told, external_id=so_far[-1], body=body)
    is_new = so_far or known[told.external_id] != digest(told.kind, told.body)
    if not (replaces and is_new) or len(so_far) == len(ids):
        return told
    return replace(told, external_id=ids[len(so_far)], body=body)


def check_import(*, batch: DealImport, now: datetime) -> DealImport:
    """The dry run: decide how amounts and dates are written, count what every row would do, and
    keep the first errors.
    """
    missing = [name for name in NEEDED if name not in batch.columns]
    rows = list(batch.rows.order_by("number"))
    batch.checked = _decide(batch, rows, now)
    if missing:
        batch.checked["missing"] = missing
    else:
        batch.checked |= _count(batch, rows, now)
    batch.save(update_fields=["checked"])
    return batch


def _decide(batch: DealImport, rows: list[DealRow], now: datetime) -> dict[str, Any]:
    """Return how the amounts and dates of a file are written, and what has to be asked.

    What a person chose for this file counts first, then what the file shows, then what an
    administrator chose for its system.
    """
    deals, kept, asked = reader_of(batch, now), batch.source.mapping, []
    cells = [getter(batch, row.cells) for row in rows if len(row.cells) == len(batch.header)]
    shown = amounts.decide_decimal(_amounts(deals, cells))
    decimal = batch.reading.get("decimal") or (shown if shown in (".", ",") else "")
    if not decimal and shown == amounts.OPEN:
        decimal = kept.get("decimal", "")
    if not decimal and shown:
        asked.append("decimal")
    days = [get("closed") for get in cells]
    orders = dates.possible_orders(days)
    order = batch.reading.get("date_order") or (next(iter(orders)) if len(orders) == 1 else "")
    if not order and dates.is_open(days, orders):
        order = kept.get("date_order", "")
        if order not in orders:
            order = ""
            asked.append("date_order")
    return {"decimal": decimal, "date_order": order, "asked": asked}


def _amounts(deals: Deals, cells: Iterable[Callable[[str], str]]) -> Iterable[tuple[str, str]]:
    for get in cells:
        if get("amount"):
            try:
                yield get("amount"), deals.currency(get("currency"))
            except ParseError:
                continue  # the row is refused for its currency


def _count(batch: DealImport, rows: list[DealRow], now: datetime) -> dict[str, Any]:
    deals = reader_of(batch, now)
    plans = [plan_row(batch, deals, row.cells) for row in rows]
    known = known_digests(batch.source, [told.external_id for plan in plans for told in plan.facts])
    prefixes = {deal_of(external) for external in known}
    replaces = bool(batch.reading.get("replaces"))
    introduced = _introduced(batch.source.program_id)
    counts: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    errors: list[list[Any]] = []
    strange: Counter[str] = Counter()
    for row, plan in zip(rows, plans, strict=True):
        plan = with_corrections(plan, known, replaces=replaces)
        outcome, note = _foresee(plan, known, prefixes, introduced)
        counts[outcome] += 1
        key, _, about = note.partition(": ")
        if outcome in ("failed", "skipped"):
            reasons[outcome, key] += 1
        if outcome == "failed":
            errors.append([row.line, note])
            if key == "unknown_stage":
                strange[about] += 1
        for told in plan.facts:
            known.setdefault(told.external_id, digest(told.kind, told.body))
            prefixes.add(deal_of(told.external_id))
    return {
        "counts": {name: counts[name] for name in OUTCOMES},
        "reasons": [[outcome, key, n] for (outcome, key), n in reasons.most_common()],
        "errors": errors[:SHOWN_ERRORS],
        "stages": [theirs for theirs, _ in strange.most_common(40)],
    }


def _foresee(
    plan: Plan, known: dict[str, str], prefixes: set[str], introduced: set[str]
) -> tuple[str, str]:
    if plan.wrong:
        return "failed", plan.note
    fresh = [told for told in plan.facts if told.external_id not in known]
    if not fresh:
        other = any(known[told.external_id] != digest(told.kind, told.body) for told in plan.facts)
        return ("failed", "conflict") if other else ("skipped", plan.note)
    corrects = any("corrects" in told.body for told in fresh)  # of a sale that is recorded
    if (
        not corrects
        and not any(told.kind == "introduction" for told in fresh)
        and fresh[0].body["domain"] not in introduced
    ):
        return "parked", ""
    return ("updated" if deal_of(fresh[0].external_id) in prefixes else "created"), ""


def deal_of(external_id: str) -> str:
    return external_id.rpartition(":")[0]


def known_digests(source: InboundSource, ids: list[str]) -> dict[str, str]:
    """Return the digests of records received before, and of other stages of the same deals."""
    found: dict[str, str] = {}
    wanted = sorted({f"{deal_of(one)}:{ending}" for one in ids for ending in ENDINGS})
    for begin in range(0, len(wanted), 5_000):
        rows = Fact.objects.filter(
            source=source.slug, external_id__in=wanted[begin : begin + 5_000]
        )
        found.update(rows.values_list("external_id", "digest"))
    return found


def _introduced(program_id: int) -> set[str]:
    credited = Attribution.objects.filter(program_id=program_id, is_active=True).values(
        "organization_id"
    )
    return set(
        EmailDomain.objects.filter(organization_id__in=credited).values_list("domain", flat=True)
    )

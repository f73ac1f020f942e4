"""Importing a CRM export: parsed, checked in a dry run that writes nothing, then recorded row by
row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import Count

from portal import audit
from portal.accounts.models import EmailDomain, User
from portal.accounts.permissions import can_administer
from portal.core.text import csv_files
from referrals.inbound.crm import DATED, FIELDS, NEEDED, OURS, DealMapping, Deals, fold
from referrals.inbound.parsed import ParseError, Told
from referrals.models import Attribution, DealImport, DealRow, Fact, InboundSource
from referrals.services.facts.record import digest
from referrals.services.intake.webhooks import deals_of
from referrals.text.inbound import REASONS, in_words

log = structlog.get_logger(__name__)
KIND: Final = "referrals.deals"
LARGEST: Final = 5_000_000  # bytes
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
BATCH: Final = 50
ENDINGS: Final = ("claim", "sale", *OURS[:5], *(f"{stage}_at" for stage in DATED))
OUTCOMES: Final = ("created", "updated", "parked", "skipped", "failed")


class TooLarge(ValueError):
    """The file has more rows or columns than one import takes."""


class NotReady(ValueError):
    """A needed column is not chosen, or the import has begun already or was thrown away."""


@transaction.atomic
def begin_import(
    *, source: InboundSource, data: bytes, file_name: str, actor: User, now: datetime
) -> DealImport:
    """Read a file and guess its columns; nothing takes effect yet.

    Raises csv.Unreadable, TooLarge.
    """
    table = csv_files.read(data)
    if not table.rows:
        raise csv_files.Unreadable("The file has a header and no rows.")
    if len(table.rows) > MOST_ROWS or len(table.header) > MOST_COLUMNS:
        raise TooLarge(f"{len(table.rows)} rows, {len(table.header)} columns")
    header = _named(table.header)
    kept = dict(source.mapping.get("columns") or {})
    guessed = DealMapping.of(source.mapping).columns(header)
    columns = {
        name: kept[name] if kept.get(name) in header else guessed.get(name, "") for name in FIELDS
    }
    batch = DealImport.objects.create(
        source=source,
        file_name=(_plain(file_name) or "CSV")[:120],
        encoding=table.encoding,
        delimiter=table.delimiter,
        header=header,
        columns={name: column for name, column in columns.items() if column},
        created_by=actor,
        created_at=now,
    )
    DealRow.objects.bulk_create(
        [
            DealRow(
                batch=batch, number=number, line=line, cells=[_plain(cell)[:500] for cell in row]
            )
            for number, (row, line) in enumerate(zip(table.rows, table.lines, strict=True))
        ],
        batch_size=1_000,
    )
    return check_import(batch=batch, now=now)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c in "\n\t").strip()


def _named(header: list[str]) -> list[str]:
    """Give every column a name of its own."""
    seen: Counter[str] = Counter()
    names = []
    for number, name in enumerate(header, 1):
        plain = _plain(name)[:80] or f"#{number}"
        seen[plain] += 1
        names.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return names


@transaction.atomic
def map_import(
    *,
    batch: DealImport,
    columns: dict[str, str],
    stages: dict[str, str],
    actor: User,
    now: datetime,
) -> DealImport:
    """Choose which column holds what and what their stages mean. Raises NotReady.

    What an administrator chooses is kept on the source too, for the next file and for its webhooks;
    what somebody else of the team chooses holds for this file only.
    """
    batch = lock_draft(batch)
    batch.columns = {
        name: column
        for name, column in columns.items()
        if name in FIELDS and column in batch.header
    }
    batch.stages = {theirs: ours for theirs, ours in stages.items() if ours}
    batch.save(update_fields=["columns", "stages"])
    if can_administer(actor):
        _keep_mapping(batch, actor, now)
    return check_import(batch=batch, now=now)


def _keep_mapping(batch: DealImport, actor: User, now: datetime) -> None:
    source = (
        InboundSource.objects.select_for_update().select_related("program").get(pk=batch.source_id)
    )
    before = source.mapping
    source.mapping = {
        **source.mapping,
        "columns": batch.columns,
        "stages": {**source.mapping.get("stages", {}), **batch.stages},
    }
    if source.mapping != before:
        source.save(update_fields=["mapping"])
        audit.record(
            "referrals.source.map",
            actor=actor,
            target=f"referrals.source:{source.pk}",
            now=now,
            before={"columns": before.get("columns"), "stages": before.get("stages")},
            after={"columns": batch.columns, "stages": source.mapping["stages"]},
        )
    batch.source = source


@transaction.atomic
def discard_import(*, batch: DealImport) -> None:
    """Discard a file that was only previewed. Raises NotReady."""
    lock_draft(batch).delete()


def lock_draft(batch: DealImport) -> DealImport:
    """Return the locked row of a file that was only previewed: a colleague may start it at this
    very moment.
    """
    rows = DealImport.objects.select_for_update(of=("self",)).select_related("source__program")
    row = rows.filter(pk=batch.pk, job=None).first()
    if row is None:
        raise NotReady("it has begun, or was thrown away")
    return row


@dataclass(frozen=True)
class Plan:
    """What a row would do: the records to write, or why none."""

    facts: tuple[Told, ...] = ()
    note: str = ""
    wrong: bool = False


def reader_of(batch: DealImport, now: datetime) -> Deals:
    return deals_of(
        batch.source, now, stages={fold(theirs): ours for theirs, ours in batch.stages.items()}
    )


def plan_row(batch: DealImport, deals: Deals, cells: list[str]) -> Plan:
    """Read one row by the chosen columns."""
    places = {name: batch.header.index(column) for name, column in batch.columns.items()}

    def get(name: str) -> str:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    try:
        reading = deals.read_one(get)
    except ParseError as error:
        return Plan(note=str(error), wrong=True)
    return Plan(reading.facts, reading.note)


def check_import(*, batch: DealImport, now: datetime) -> DealImport:
    """The dry run: count what every row would do, and keep the first errors.

    Writes nothing but the result.
    """
    if any(name not in batch.columns for name in NEEDED):
        batch.checked = {"missing": [name for name in NEEDED if name not in batch.columns]}
        batch.save(update_fields=["checked"])
        return batch
    deals, rows = reader_of(batch, now), list(batch.rows.order_by("number"))
    plans = [plan_row(batch, deals, row.cells) for row in rows]
    known = known_deals(batch.source, [told.external_id for plan in plans for told in plan.facts])
    prefixes = {deal_of(external) for external in known}
    introduced = _introduced(batch.source.program_id)
    counts: Counter[str] = Counter()
    errors: list[list[Any]] = []
    strange: Counter[str] = Counter()
    for row, plan in zip(rows, plans, strict=True):
        outcome, note = _foresee(plan, known, prefixes, introduced)
        counts[outcome] += 1
        if outcome == "failed":
            errors.append([row.line, note])
            if note.startswith("unknown_stage: "):
                strange[note.removeprefix("unknown_stage: ")] += 1
        for told in plan.facts:
            known.setdefault(told.external_id, digest(told.kind, told.body))
            prefixes.add(deal_of(told.external_id))
    batch.checked = {
        "counts": {name: counts[name] for name in OUTCOMES},
        "errors": errors[:20],
        "stages": [theirs for theirs, _ in strange.most_common(40)],
    }
    batch.save(update_fields=["checked"])
    return batch


def _foresee(
    plan: Plan, known: dict[str, str], prefixes: set[str], introduced: set[str]
) -> tuple[str, str]:
    if plan.wrong:
        return "failed", plan.note
    fresh = [told for told in plan.facts if told.external_id not in known]
    if not fresh:
        other = any(known[told.external_id] != digest(told.kind, told.body) for told in plan.facts)
        return ("failed", "conflict") if other else ("skipped", plan.note)
    if (
        not any(told.kind == "introduction" for told in fresh)
        and fresh[0].body["domain"] not in introduced
    ):
        return "parked", ""
    return ("updated" if deal_of(fresh[0].external_id) in prefixes else "created"), ""


def deal_of(external_id: str) -> str:
    return external_id.rpartition(":")[0]


def known_deals(source: InboundSource, ids: list[str]) -> dict[str, str]:
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


def counts_of(batch: DealImport) -> dict[str, int]:
    """Return how many rows came to what so far."""
    rows = batch.rows.exclude(outcome="").values("outcome").annotate(n=Count("id")).order_by()
    return {str(row["outcome"]): int(row["n"]) for row in rows}


def why(row: DealRow) -> str:
    """Return in words why a row was not taken, waits, or was skipped."""
    return str(REASONS[row.reason]) if row.reason in REASONS else in_words(row.reason)

"""A file of deals before it is imported: read as guessed, shown, read again as a person chooses."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count

from portal import audit
from portal.accounts.models import User
from portal.accounts.permissions import can_administer
from portal.core.text import csv_files
from referrals.inbound.crm import FIELDS, DealMapping
from referrals.models import DealImport, DealRow, InboundSource
from referrals.services.intake.import_check import check_import
from referrals.text.inbound import REASONS, in_words

LARGEST: Final = 5_000_000  # bytes
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
KEPT_ON_SOURCE: Final = ("decimal", "date_order")


class TooLarge(ValueError):
    """The file has more rows or columns than one import takes."""


class NotReady(ValueError):
    """A needed column is not chosen, a question is open, or the import has begun already or was
    thrown away.
    """


@dataclass(frozen=True)
class Layout:
    """How a file is cut into cells and how its cells are written; empty: as guessed or so far."""

    encoding: str = ""
    delimiter: str = ""
    header_line: int = 0
    decimal: str = ""
    date_order: str = ""
    currency: str = ""
    replaces: bool = False  # sales that were received with another amount are corrected


@transaction.atomic
def begin_import(
    *, source: InboundSource, data: bytes, file_name: str, actor: User, now: datetime
) -> DealImport:
    """Read a file and guess how it is written; nothing takes effect yet.

    Raises csv.Unreadable, TooLarge.
    """
    batch = DealImport(
        source=source,
        file_name=(_plain(file_name) or "CSV")[:120],
        data=data,
        created_by=actor,
        created_at=now,
    )
    _fill(batch, _table(batch, Layout()), dict(source.mapping.get("columns") or {}))
    return check_import(batch=batch, now=now)


def _table(batch: DealImport, layout: Layout) -> csv_files.Table:
    """Read the file. Raises csv.Unreadable, TooLarge."""
    table = csv_files.read(
        bytes(batch.data or b""),
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        header_line=_chosen_header(batch, layout),
        names=DealMapping.of(batch.source.mapping).knows,
    )
    if not table.rows:
        raise csv_files.Unreadable("The file has a header and no rows.")
    widest = max(len(table.header), *(len(row) for row in table.rows))
    if len(table.rows) > MOST_ROWS or widest > MOST_COLUMNS:
        raise TooLarge(f"{len(table.rows)} rows, {widest} columns")
    return table


def _chosen_header(batch: DealImport, layout: Layout) -> int:
    """Return the line of the header; 0 when it is guessed, again after another delimiter."""
    is_same = layout.header_line == batch.header_line
    return 0 if is_same and layout.delimiter != batch.delimiter else layout.header_line


def _fill(batch: DealImport, table: csv_files.Table, chosen: dict[str, str]) -> None:
    """Keep a table as the rows of its import, and the columns: chosen ones, else guessed."""
    header = _named(table.header)
    guessed = DealMapping.of(batch.source.mapping).columns(header)
    columns = {
        name: chosen[name] if chosen.get(name) in header else guessed.get(name, "")
        for name in FIELDS
    }
    batch.encoding, batch.delimiter = table.encoding, table.delimiter
    batch.header, batch.header_line = header, table.header_line
    batch.columns = {name: column for name, column in columns.items() if column}
    batch.save()
    batch.rows.all().delete()
    DealRow.objects.bulk_create(
        [
            DealRow(
                batch=batch, number=number, line=line, cells=[_plain(cell)[:500] for cell in row]
            )
            for number, (row, line) in enumerate(zip(table.rows, table.lines, strict=True))
        ],
        batch_size=1_000,
    )


def _plain(text: str) -> str:
    """Return text without control characters; spaces of every width stay, they group digits."""
    return "".join(
        c for c in text if c.isprintable() or c in "\n\t" or unicodedata.category(c) == "Zs"
    ).strip()


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
    layout: Layout = Layout(),
) -> DealImport:
    """Choose how the file is read, which column holds what and what their stages mean.

    What an administrator chooses is kept on the source too, for the next file and for its webhooks;
    what somebody else of the team chooses holds for this file only. Raises NotReady,
    csv.Unreadable, TooLarge.
    """
    batch = lock_draft(batch)
    batch.reading = {
        name: value
        for name in ("decimal", "date_order", "currency", "replaces")
        if (value := getattr(layout, name))
    }
    batch.stages = {theirs: ours for theirs, ours in stages.items() if ours}
    if _is_cut_otherwise(batch, layout):
        _fill(batch, _table(batch, layout), columns)
    else:
        batch.columns = {
            name: column
            for name, column in columns.items()
            if name in FIELDS and column in batch.header
        }
        batch.save(update_fields=["columns", "stages", "reading"])
    if can_administer(actor):
        _keep_mapping(batch, actor, now)
    return check_import(batch=batch, now=now)


def _is_cut_otherwise(batch: DealImport, layout: Layout) -> bool:
    """Say whether a layout cuts the file into other cells than so far."""
    return batch.data is not None and any(
        getattr(layout, name) not in ("", 0, getattr(batch, name))
        for name in ("encoding", "delimiter", "header_line")
    )


def _keep_mapping(batch: DealImport, actor: User, now: datetime) -> None:
    source = (
        InboundSource.objects.select_for_update().select_related("program").get(pk=batch.source_id)
    )
    before = source.mapping
    source.mapping = {
        **source.mapping,
        "columns": batch.columns,
        "stages": {**source.mapping.get("stages", {}), **batch.stages},
        **{name: batch.reading[name] for name in KEPT_ON_SOURCE if name in batch.reading},
    }
    if source.mapping != before:
        source.save(update_fields=["mapping"])
        shown = ("columns", "stages", *KEPT_ON_SOURCE)
        audit.record(
            "referrals.source.map",
            actor=actor,
            target=f"referrals.source:{source.pk}",
            now=now,
            before=_picked(before, shown),
            after=_picked(source.mapping, shown),
        )
    batch.source = source


def _picked(mapping: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: mapping.get(name) for name in names}


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


def counts_of(batch: DealImport) -> dict[str, int]:
    """Return how many rows came to what so far."""
    rows = batch.rows.exclude(outcome="").values("outcome").annotate(n=Count("id")).order_by()
    return {str(row["outcome"]): int(row["n"]) for row in rows}


def why(row: DealRow) -> str:
    """Return in words why a row was not taken, waits, or was skipped."""
    return str(REASONS[row.reason]) if row.reason in REASONS else in_words(row.reason)

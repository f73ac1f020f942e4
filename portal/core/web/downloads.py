"""CSV downloads: UTF-8 with BOM as Excel in Japan expects, no cell that a spreadsheet reads as a
formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from portal.core.text.csv_files import safe_cell, write_safe

CONTENT_TYPE = "text/csv; charset=utf-8"


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def csv_response(table: Iterable[Sequence[Any]], name: str) -> HttpResponse:
    """Return a table as a file."""
    return HttpResponse(write_safe(table), content_type=CONTENT_TYPE, headers=_headers(name))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_stream(
    head: Sequence[str], rows: Iterable[Sequence[Any]], name: str
) -> StreamingHttpResponse:
    """Return a file that is written while it is read: all of the rows, however many."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([safe_cell(cell) for cell in head])
        for row in rows:
            yield writer.writerow([safe_cell(cell) for cell in row])

    return StreamingHttpResponse(lines(), content_type=CONTENT_TYPE, headers=_headers(name))

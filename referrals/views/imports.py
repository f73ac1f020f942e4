"""Staff: importing a CRM export: choose a file, preview, map, dry run, run, watch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.permissions import MemberRequest, can_administer, team_required
from portal.core import time
from portal.core.models import LongJob
from portal.core.text import csv_files
from portal.core.web.downloads import csv_response
from referrals.forms.inbound import (
    DELIMITERS,
    ENCODINGS,
    LABELS,
    STAGES,
    ColumnsForm,
    DealFileForm,
    crm_sources,
)
from referrals.models import DealImport, DealRow
from referrals.selectors.staff_queue import tab_counts
from referrals.services.intake import import_preview, import_runs
from referrals.services.intake import imports as services
from referrals.services.intake.import_check import OUTCOMES
from referrals.services.intake.imports import MOST_COLUMNS, MOST_ROWS, NotReady, TooLarge
from referrals.text.inbound import in_words
from referrals.views.staff_queue import tabs

TAKEN = ("created", "updated", "parked")  # outcomes of rows that an import writes
ALREADY = gettext_lazy("It was imported before and says nothing new.")


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def deal_imports(request: MemberRequest) -> HttpResponse:
    """Choose a file; the files so far."""
    now = time.now()
    form = DealFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = services.begin_import(
                source=form.cleaned_data["source"],
                data=upload.read(),
                file_name=upload.name or "",
                actor=request.user,
                now=now,
            )
        except csv_files.Unreadable:
            form.add_error(
                "file",
                _(
                    "The file cannot be read as a table. Nothing was changed. Save it as CSV "
                    "(UTF-8) and try again."
                ),
            )
        except TooLarge:
            limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
            form.add_error(
                "file",
                _("One import takes %(rows)s rows of %(columns)s columns. Please send it in parts.")
                % limits,
            )
        else:
            return redirect("referrals:deal_import", batch.public_id)
    rows = DealImport.objects.select_related("source", "job", "created_by").order_by("-pk")[:20]
    context = {
        "form": form,
        "rows": rows,
        "has_source": crm_sources().exists(),
        "tabs": tabs(request, "imports", tab_counts(now)),
    }
    return render(
        request, "referrals/staff/imports.html", context, status=422 if form.errors else 200
    )


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def deal_import(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One file: what was read, the columns, the dry run; once begun, how far it is and what became
    of the rows.
    """
    batch = get_object_or_404(
        DealImport.objects.select_related("source__program", "job"), public_id=public_id
    )
    if batch.job is not None and request.method == "POST":
        return _stop(request, batch)
    if batch.job is not None:
        return _progress(request, batch, batch.job)
    form = _columns_form(
        batch, request.POST if request.method == "POST" and "map" in request.POST else None
    )
    if request.method != "POST" or form.errors:
        return render(
            request,
            "referrals/staff/import.html",
            _draft(batch, form),
            status=422 if form.errors else 200,
        )
    try:
        if form.is_bound:
            _map(request, batch, form)
        elif "discard" in request.POST:
            services.discard_import(batch=batch)
            messages.success(request, _("The file was thrown away. Nothing was changed."))
            return redirect("referrals:deal_imports")
        elif "run" in request.POST:
            import_runs.run_import(batch=batch, actor=request.user, now=time.now())
    except NotReady:
        messages.error(
            request, _("It has begun already, or a column is missing, or a question is open.")
        )
    except (csv_files.Unreadable, TooLarge):
        form.add_error(None, _("The file is no table when it is read like this."))
        return render(request, "referrals/staff/import.html", _draft(batch, form), status=422)
    return redirect("referrals:deal_import", public_id)


def _stop(request: MemberRequest, batch: DealImport) -> HttpResponse:
    """Nothing but stopping can be asked of an import that was begun."""
    try:
        if "stop" not in request.POST:
            raise NotReady
        import_runs.stop_import(batch=batch, actor=request.user, now=time.now())
    except NotReady:
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
    else:
        messages.success(request, _("Stopped. What was done stays."))
    return redirect("referrals:deal_import", batch.public_id)


def _map(request: MemberRequest, batch: DealImport, form: ColumnsForm) -> None:
    services.map_import(
        batch=batch,
        columns=form.columns(),
        stages=form.stages(),
        layout=form.layout(),
        actor=request.user,
        now=time.now(),
    )
    messages.success(
        request,
        _("Checked again with these columns. They are kept for the next file.")
        if can_administer(request.user)
        else _(
            "Checked again with these columns. They hold for this file; administrators keep "
            "them for all."
        ),
    )


def _columns_form(batch: DealImport, data: Any) -> ColumnsForm:
    return ColumnsForm(data, batch=batch)


def _draft(batch: DealImport, form: ColumnsForm) -> dict[str, Any]:
    checked = batch.checked
    counts = checked.get("counts")
    return {
        "batch": batch,
        "form": form,
        "encoding": ENCODINGS.get(batch.encoding, batch.encoding),
        "delimiter": DELIMITERS.get(batch.delimiter, batch.delimiter),
        "total": batch.rows.count(),
        "rows": batch.rows.order_by("number")[: import_preview.SHOWN_ROWS],
        "understood": [
            (row, STAGES.get(row.ours, ""), in_words(row.note) if row.note else "")
            for row in import_preview.first_rows(batch, time.now())
        ],
        "counts": counts,
        "importable": sum(counts[name] for name in TAKEN) if counts else 0,
        "asked": checked.get("asked", []),
        "reasons": [
            (in_words(key) if key else ALREADY, n)
            for _outcome, key, n in checked.get("reasons", [])
        ],
        "missing": [LABELS[name] for name in checked.get("missing", [])],
        "errors": [(line, in_words(note)) for line, note in checked.get("errors", [])],
    }


def _progress(request: HttpRequest, batch: DealImport, job: LongJob) -> HttpResponse:
    counts = dict.fromkeys(OUTCOMES, 0) | services.counts_of(batch)
    seconds = max(((job.finished_at or time.now()) - job.created_at).total_seconds(), 1)
    rate = job.done / seconds
    context = {
        "batch": batch,
        "job": job,
        "counts": counts,
        "rate": round(rate) if job.done else None,
        "left": round((job.total - job.done) / rate) if rate and job.finished_at is None else None,
        "failures": [
            (row.line, services.why(row))
            for row in batch.rows.filter(outcome="failed").order_by("number")[:20]
        ],
    }
    part = (
        "referrals/staff/import_run.html#run"
        if request.headers.get("HX-Request")
        else "referrals/staff/import_run.html"
    )
    return render(request, part, context)


@team_required
@require_GET
def deal_import_errors(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The rows that were not taken: the same columns, then the line and the reason, to mend and
    send again.
    """
    batch = get_object_or_404(DealImport, public_id=public_id)
    rows = batch.rows.filter(outcome="failed").order_by("number")
    lines = [
        [*batch.header, _("Line"), _("Reason")],
        *(_to_mend(row, len(batch.header)) for row in rows),
    ]
    return csv_response(lines, "errors.csv")


def _to_mend(row: DealRow, width: int) -> list[Any]:
    """Return the cells of a row with its line and reason under their names; what a row has beyond
    the header comes last.
    """
    cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    return [*cells, row.line, services.why(row), *row.cells[width:]]

"""Pages no app owns: home, and the error pages."""

from __future__ import annotations

import sys
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.permissions import (
    MemberRequest,
    administrator_required,
    is_staff_member,
    member_required,
    public,
    team_required,
)
from portal.api.problems import as_problem
from portal.core import time
from portal.core.db.postgresql.base import is_gone
from portal.core.models import LongJob
from portal.core.web.downloads import csv_response
from portal.core.web.panels import panels_for
from portal.dev import sample


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The home page: news, what waits for the user, where to ask and share; for anonymous visitors
    what this site is.
    """
    context = {
        "panels": panels_for("home", request),
        "aside": panels_for("home_aside", request),
        "hour": timezone.localtime(time.now()).hour,
    }
    return render(request, "portal/home.html", context)


@team_required
@require_GET
def today(request: MemberRequest) -> HttpResponse:
    """Staff start here: what customers said since the last visit, and what we owe them."""
    panels = panels_for("today", request)
    narrow = [(place, panel) for place, panel in enumerate(panels, start=1) if not panel.is_wide]
    context = {
        "panels": panels,
        "wide": [panel for panel in panels if panel.is_wide],
        "now": time.now(),
        "columns": [narrow[::2], narrow[1::2]],
    }
    return render(request, "portal/today.html", context)


@team_required
@require_GET
def staff_settings(request: MemberRequest) -> HttpResponse:
    """Where staff find what can be set."""
    return render(
        request, "portal/staff_settings.html", {"panels": panels_for("staff_settings", request)}
    )


@administrator_required
@require_POST
def remove_sample(request: MemberRequest) -> HttpResponse:
    """Take the sample company away, all of it."""
    sample.remove(actor=request.user, now=time.now())
    messages.success(request, _("The sample data is gone."))
    if not sample.has_real_administrator():
        first = "python3 manage.py administrator you@your-company.example"
        messages.info(
            request,
            _("Nobody administers this Hazumi now. On the server: %(command)s")
            % {"command": first},
        )
    return redirect("portal:home")


def _job(request: HttpRequest, public_id: UUID) -> LongJob:
    """Return a long job to who started it, and to staff."""
    job = LongJob.objects.filter(public_id=public_id).first()
    if job is None or not (job.started_by_id == request.user.pk or is_staff_member(request.user)):
        raise Http404
    return job


@member_required
@require_GET
def job(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """How far a long job is; htmx asks again every second until it is done."""
    template = "portal/job.html#job" if request.headers.get("HX-Request") else "portal/job.html"
    return render(request, template, {"job": _job(request, public_id)})


@member_required
@require_GET
def job_errors(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The rows a long job could not take, as a file to mend and send again."""
    rows = [(_("Row"), _("Reason")), *_job(request, public_id).errors]
    return csv_response(rows, "errors.csv")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere; nothing was done."""
    return render(request, "403.html", {"csrf": True}, status=403)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500; while PostgreSQL is gone 503, to be tried again. Neither page asks the database."""
    if not is_gone(sys.exc_info()[1]):
        return defaults.server_error(request)
    if request.path.startswith("/api/"):
        answer = as_problem("unavailable", 503)
    else:
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer.headers["Retry-After"] = "10"
    answer.headers["Cache-Control"] = "no-store"
    return answer

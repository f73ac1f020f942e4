"""The customer's side of an update: they read it and answer whether it solved it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.permissions import MemberRequest, member_required
from portal.core import time
from portal.core.web.next_page import safe_next
from portal.teams import public_answers, services
from portal.teams.models import Told


@member_required
@require_POST
def seen(request: MemberRequest, public_id: str) -> HttpResponse:
    """The update came on screen: record the receipt."""
    told = get_object_or_404(Told, public_id=public_id, person=request.user)
    services.mark_read(told_ids=[told.pk], person=request.user, now=time.now())
    return HttpResponse(status=204)


@member_required
@require_POST
def answer(request: MemberRequest, public_id: str) -> HttpResponse:
    """Keep yes, partly or no; "not yet" puts it back on our list."""
    told = get_object_or_404(
        Told.objects.select_related("signal"), public_id=public_id, person=request.user
    )
    said = request.POST.get("answer", "")
    if said not in Told.Answer.values:
        return HttpResponseBadRequest(_("Please choose one of the answers."))
    services.confirm_update(
        told=told,
        person=request.user,
        answer=said,
        note=request.POST.get("note", "")[:400],
        now=time.now(),
    )
    told.refresh_from_db()
    if request.htmx:
        on_its_page = request.htmx.current_url_abs_path == told.url.partition("#")[0]
        is_public = on_its_page and told.public_answer in public_answers.shown([told.public_answer])
        return render(request, "teams/_told.html", {"told": told, "is_public": is_public})
    messages.success(request, _("Thank you for telling us."))
    return redirect(safe_next(request, reverse("portal:home")))

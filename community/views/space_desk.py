"""Administrators create, name, order and remove spaces."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community import services
from community.forms.spaces import NewSpaceForm, SpaceForm
from community.models import Space
from community.services.spaces import SpaceInUse
from portal.accounts.permissions import MemberRequest, administrator_required
from portal.core import time


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def spaces(request: MemberRequest) -> HttpResponse:
    """Every space, and making another."""
    form = NewSpaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.add_space(actor=request.user, now=time.now(), **form.cleaned_data)
        messages.success(request, _("%(name)s was added.") % {"name": made.name})
        return redirect("community:spaces")
    # Counted anew: the column grows with what is written and does not shrink with what is deleted.
    written = Count("topics", filter=Q(topics__deleted_at=None))
    rows = Space.objects.select_related("organization").annotate(written=written)
    context = {"spaces": rows, "form": form}
    return render(request, "community/spaces.html", context, status=422 if form.errors else 200)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def space(request: MemberRequest, pk: int) -> HttpResponse:
    """One space: its names and its place."""
    row = get_object_or_404(Space.objects.select_related("organization"), pk=pk)
    form = SpaceForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_space(space=row, actor=request.user, now=time.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("community:spaces")
    context = {"space": row, "form": form, "is_empty": services.is_empty_space(row)}
    return render(request, "community/space.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
def remove_space(request: MemberRequest, pk: int) -> HttpResponse:
    """Remove a space in which nothing was ever written."""
    row = get_object_or_404(Space, pk=pk)
    try:
        services.remove_space(space=row, actor=request.user, now=time.now())
    except SpaceInUse:
        messages.error(request, _("Something was written in this space, so it stays."))
        return redirect("community:space", pk=row.pk)
    messages.success(request, _("%(name)s was deleted.") % {"name": row.name})
    return redirect("community:spaces")

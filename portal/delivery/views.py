"""Administrators' pages: destinations, their log, test, enable, rotate secrets, replay."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.permissions import MemberRequest, administrator_required
from portal.core import time
from portal.core.db.pagination import page_by_key
from portal.core.web.ratelimit import limited
from portal.delivery import selectors, services
from portal.delivery.channels import signed
from portal.delivery.forms import DestinationForm
from portal.delivery.models import Delivery, Destination


def _destination(public_id: UUID) -> Destination:
    return get_object_or_404(Destination, public_id=public_id, deleted_at=None)


@administrator_required
@require_GET
def destinations(request: MemberRequest) -> HttpResponse:
    """Every place facts are sent to, and how the outbox is doing."""
    context = {"destinations": selectors.destinations(), "overview": selectors.overview(time.now())}
    return render(request, "delivery/destinations.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: MemberRequest) -> HttpResponse:
    """Add a place; a webhook's secret is shown once, on the page that follows."""
    form = DestinationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made, secret = services.add_destination(
            kind=data["kind"],
            name=data["name"],
            url=data["url"],
            team=data["team"],
            event_names=data["event_names"],
            actor=request.user,
            now=time.now(),
        )
        if secret:
            return render(request, "delivery/secret.html", {"destination": made, "secret": secret})
        messages.success(request, _("%(name)s was added.") % {"name": made.name})
        return redirect("delivery:destination", made.public_id)
    return render(request, "delivery/form.html", {"form": form}, status=422 if form.errors else 200)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Change name, address, team and facts."""
    row = _destination(public_id)
    form = DestinationForm(request.POST or None, instance=_destination(public_id))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.change_destination(
            destination=row,
            name=data["name"],
            url=data["url"],
            team=data["team"],
            event_names=data["event_names"],
            actor=request.user,
            now=time.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("delivery:destination", row.public_id)
    context = {"form": form, "destination": row}
    return render(request, "delivery/form.html", context, status=422 if form.errors else 200)


@administrator_required
@require_GET
def destination(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One place and the log of what was sent there."""
    row = _destination(public_id)
    log = Delivery.objects.filter(destination=row).prefetch_related("attempts")
    state = request.GET.get("state", "")
    if state in Delivery.State.values:
        log = log.filter(state=state)
    page = page_by_key(log, order=("-pk",), cursor=request.GET.get("after"), size=30)
    tabs = [{"url": "?", "label": _("All"), "current": not state}] + [
        {"url": f"?state={value}", "label": label, "current": value == state}
        for value, label in Delivery.State.choices
    ]
    context = {"destination": row, "page": page, "tabs": tabs, "state": state, "now": time.now()}
    return render(request, "delivery/destination.html", context)


@administrator_required
@require_POST
@limited("delivery_test", limit=10, seconds=60)
def test(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Send a test message."""
    row = _destination(public_id)
    services.send_test(destination=row, actor=request.user, now=time.now())
    messages.success(request, _("A test message is on its way. Its result appears in the log."))
    return redirect("delivery:destination", row.public_id)


@administrator_required
@require_POST
def switch(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Switch a place off, or on again."""
    row = _destination(public_id)
    on = row.disabled_at is not None
    services.switch_destination(
        destination=row,
        on=on,
        actor=request.user,
        now=time.now(),
        reason=request.POST.get("reason", ""),
    )
    messages.success(
        request,
        _("Switched on.") if on else _("Switched off. What is due waits until it is on again."),
    )
    return redirect("delivery:destination", row.public_id)


@administrator_required
@require_POST
@never_cache
def rotate(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Make a new secret and show it once."""
    row = get_object_or_404(Destination, public_id=public_id, deleted_at=None, kind__in=signed())
    secret = services.rotate_secret(destination=row, actor=request.user, now=time.now())
    return render(
        request, "delivery/secret.html", {"destination": row, "secret": secret, "rotated": True}
    )


@administrator_required
@require_POST
def delete(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Take a place out of use for good."""
    row = _destination(public_id)
    services.delete_destination(destination=row, actor=request.user, now=time.now())
    messages.success(request, _("%(name)s was deleted.") % {"name": row.name})
    return redirect("delivery:destinations")


@administrator_required
@require_POST
def replay(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Send one delivery again, all dead ones, or everything of the last days."""
    row = _destination(public_id)
    now = time.now()
    one, days = request.POST.get("delivery", ""), request.POST.get("days", "")
    count = services.replay(
        destination=row,
        actor=request.user,
        now=now,
        delivery_id=int(one) if one.isascii() and one.isdigit() and len(one) < 18 else None,
        since=now - timedelta(days=min(int(days), 90))
        if days.isascii() and days.isdigit() and len(days) < 4
        else None,
        delivered_too=bool(days),
    )
    messages.success(request, _("%(count)s deliveries are sent again.") % {"count": count})
    return redirect("delivery:destination", row.public_id)

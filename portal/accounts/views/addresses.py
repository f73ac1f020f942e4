"""The way back after a change of address that was not the person's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import public
from portal.accounts.services import addresses
from portal.core import time
from portal.core.web.ratelimit import limited


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited("accounts.restore", limit=10, seconds=600)
def restore(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once (mail programs open links by themselves), restore, and lead to a new password."""
    now = time.now()
    change = addresses.open_change(token, now)
    if change is None:
        return render(request, "accounts/address_closed.html", status=410)
    if request.method != "POST":
        return render(request, "accounts/address_restore.html", {"change": change})
    try:
        user = addresses.restore_address(token=token, now=now)
    except (addresses.ChangeClosed, addresses.AddressTaken):
        return render(request, "accounts/address_closed.html", status=410)
    logout(request)
    messages.success(request, _("Your address is restored. Now set a new password."))
    return redirect(addresses.new_password_url(user))

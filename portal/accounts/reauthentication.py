"""What asks for a recent log-in: everything with which an open session could take an account over.

One table for allauth's pages and ours; a test compares it with the resolver. A form that was sent
too late is kept in the session (passwords are not) and done after the confirmation.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.internal.httpkit import serialize_request
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ALWAYS = WRITES | {"GET", "HEAD"}  # the page itself shows or hands out what is protected

GUARDED: dict[str, frozenset[str]] = {
    # addresses and the password
    "account_email": WRITES,
    "account_email_verification_sent": WRITES,
    "account_change_password": ALWAYS,
    "account_set_password": ALWAYS,
    # the second factor
    "mfa_activate_totp": ALWAYS,
    "mfa_deactivate_totp": ALWAYS,
    "mfa_view_recovery_codes": ALWAYS,
    "mfa_generate_recovery_codes": ALWAYS,
    "mfa_download_recovery_codes": ALWAYS,
    "mfa_list_webauthn": WRITES,
    "mfa_add_webauthn": ALWAYS,
    "mfa_edit_webauthn": WRITES,
    "mfa_remove_webauthn": ALWAYS,
    # other ways in, and sessions elsewhere
    "socialaccount_connections": WRITES,
    "usersessions_list": WRITES,
    # everything about a person, and its end
    "accounts:export": ALWAYS,
    "accounts:erase": WRITES,
    # what acts without a person, and who may do what
    "api:keys": WRITES,
    "api:revoke": WRITES,
    "accounts:person": WRITES,
    "accounts:deactivate": WRITES,
    "accounts:reactivate": WRITES,
}


def recently_authenticated(request: HttpRequest) -> bool:
    """Say whether the person proved who they are within the last minutes: by logging in or by
    confirming it again.
    """
    if not request.user.is_authenticated:
        return False
    proofs = [float(row.get("at", 0)) for row in get_authentication_records(request, request.user)]
    return bool(proofs) and time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def is_guarded(request: HttpRequest) -> bool:
    """Say whether this request asks for a recent log-in."""
    match = request.resolver_match
    if match is None or not request.user.is_authenticated:
        return False
    if request.method in GUARDED.get(match.view_name, ()):
        return True
    # another account's log-in page, asked to connect it to this one
    connects = "connect" in (request.GET.get("process"), request.POST.get("process"))
    return connects and match.view_name.endswith(("_login", "_login_by_token"))


class ReauthenticationMiddleware:
    """Asks for the log-in again before a guarded page; runs after the CSRF check."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        if not is_guarded(request) or recently_authenticated(request):
            return None
        return ask_again(request)


def ask_again(request: HttpRequest) -> HttpResponse:
    """Lead to the confirmation, and keep what was asked for."""
    target = request.get_full_path()
    if request.method in WRITES:
        if any("password" in name for name in request.POST):
            messages.info(request, _("Please enter the passwords once more."))
        else:
            target = request.path
            request.session[STATE_SESSION_KEY] = {"request": _kept(request)}
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    url = f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: target})}"
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _kept(request: HttpRequest) -> str:
    """Return the request as allauth repeats it later, without the cookies it came with."""
    kept = json.loads(serialize_request(request))
    kept["META"].pop("HTTP_COOKIE", None)
    return json.dumps(kept)

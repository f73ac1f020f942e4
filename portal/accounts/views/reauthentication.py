"""Confirming who one is by a mailed code: for accounts without a password and without a second
factor, whom allauth would ask nothing.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from django import forms
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import MemberRequest, member_required
from portal.core.web import ratelimit

KEY = "accounts_confirmation_code"
LASTS = 600  # seconds
TRIES = 5
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


class CodeForm(forms.Form):
    """The code of the mail, however it is written."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off"}),
    )

    def clean_code(self) -> str:
        given: str = self.cleaned_data["code"]
        return given.replace("-", "").replace(" ", "").upper()


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: MemberRequest) -> HttpResponseBase:
    """Send a code to the account's address, and take it."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not any(method["url"] == request.path for method in methods):
        next_url = request.GET.get(REDIRECT_FIELD_NAME, "")
        return redirect(f"{methods[0]['url']}?next={next_url}")
    if request.method != "POST":
        return _page(request, CodeForm())
    if "send" in request.POST:
        return _send(request)
    form = CodeForm(request.POST)
    if form.is_valid() and not _is_right(request, form.cleaned_data["code"]):
        form.add_error("code", _("This is not the code of the mail, or it is no longer valid."))
    if form.errors:
        return _page(request, form, status=422)
    record_authentication(request, request.user, method="code", reauthenticated=True)
    return resume_request(request) or redirect(settings.LOGIN_REDIRECT_URL)


def _send(request: MemberRequest) -> HttpResponse:
    key = f"confirm:{request.user.pk}"
    verdict = ratelimit.check("login_code", key, limit=3, seconds=600)
    if not verdict.allowed:
        return ratelimit.too_many(request, verdict.retry_after)
    code = get_random_string(8, LETTERS)
    request.session[KEY] = {"digest": _digest(code), "at": time.time(), "tries": 0}
    get_adapter(request).send_mail("account/email/confirm_code", request.user.email, {"code": code})
    return _page(request, CodeForm())


def _is_right(request: HttpRequest, code: str) -> bool:
    """Compare with the code that was sent; it works once, and for five tries."""
    kept: dict[str, Any] = request.session.pop(KEY, None) or {}
    if not kept or kept["tries"] >= TRIES or time.time() - kept["at"] > LASTS:
        return False
    if constant_time_compare(kept["digest"], _digest(code)):
        return True
    request.session[KEY] = kept | {"tries": kept["tries"] + 1}
    return False


def _digest(code: str) -> str:
    return salted_hmac("accounts.confirmation", code, algorithm="sha256").hexdigest()


def _page(request: MemberRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    target = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = ""
    context = {"form": form, "sent": KEY in request.session, "next": target}
    return render(request, "account/reauthenticate_by_code.html", context, status=status)

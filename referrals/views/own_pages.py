"""Remembers in this browser where the referee's page moved: the address sent to them closes with
their first answer.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from referrals.services.introductions.prospect_pages import is_token, token_digest

KEY = "introduction_pages"
KEPT = 10


def remember(request: HttpRequest, *, sent: str, own: str) -> None:
    """Map the address sent to the referee to their own page from now on, in this browser only."""
    pages = {**request.session.get(KEY, {}), token_digest(sent): own}
    request.session[KEY] = dict(list(pages.items())[-KEPT:])


def closed(request: HttpRequest, *, token: str, view: str) -> HttpResponse:
    """Answer a closed address: the referee's own page if this browser knows it, else a page that
    says so.

    A browser whose answer was accepted while the response got lost submits the form, and with it
    the proposed page, once more.
    """
    own = request.session.get(KEY, {}).get(token_digest(token)) or request.POST.get("own", "")
    if is_token(own) and own != token:
        return redirect(view, token=own)
    return render(request, "referrals/introduction_closed.html", status=410)

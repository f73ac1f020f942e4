"""Sessions of staff end when nobody used them for some hours, and after some days in any case."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]
BEGAN, USED = "began_at", "used_at"
STEP = 300  # a use is written down every five minutes at most


class StaffSessionMiddleware:
    """Ends a session of staff that is idle or old."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and request.user.is_authenticated and request.user.works_here:
            self._look(request)
        return self.get_response(request)

    @staticmethod
    def _look(request: HttpRequest) -> None:
        now, session = time.time(), request.session
        used, began = session.get(USED, now), session.get(BEGAN, now)
        idle = now - used > settings.HAZUMI_STAFF_IDLE_HOURS * 3600
        if idle or now - began > settings.HAZUMI_STAFF_SESSION_HOURS * 3600:
            logout(request)
            messages.info(request, _("You were signed out for safety. Please sign in again."))
        elif now - used > STEP or USED not in session:
            session[USED] = now
            session.setdefault(BEGAN, now)

"""Django's database sessions, read by a compiled query: every signed-in page reads one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.core.db.compiled_queries import CompiledQuery

_alive: CompiledQuery[Session] = CompiledQuery(
    lambda shape, values: Session.objects.filter(
        session_key=values.text("key"), expire_date__gt=values.moment("now")
    )
)


class SessionStore(DatabaseStore):
    """The same rows, the same rules."""

    def _get_session_from_db(self) -> Any:
        found = _alive.first(None, key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

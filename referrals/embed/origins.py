"""Allowed origins for the embeds: hosts named by an open program."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from portal.core.web.value_cache import ValueCache
from referrals.models import Program

SECONDS = 30.0


def is_known(origin: str) -> bool:
    """Return whether a page of this origin belongs to the company."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and settings.PRODUCTION):
        return False
    return (parts.hostname or "") in _hosts.get()


def forget() -> None:
    """Read the programs' hosts anew."""
    _hosts.forget()


def _read() -> frozenset[str]:
    rows = Program.objects.filter(state=Program.State.OPEN).values_list("hosts", flat=True)
    names = {str(host).strip().lower() for hosts in rows for host in hosts}
    return frozenset(names | {urlsplit(settings.HAZUMI_BASE_URL).hostname or ""})


_hosts: ValueCache[frozenset[str]] = ValueCache(_read, seconds=SECONDS)

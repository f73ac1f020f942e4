"""Allowed origins for the embeds: hosts named by an open program."""

from __future__ import annotations

import time as clock
from urllib.parse import urlsplit

from django.conf import settings

from referrals.models import Program

KEPT_SECONDS = 30.0
_kept: tuple[float, frozenset[str]] = (0.0, frozenset())


def is_known(origin: str) -> bool:
    """Return whether a page of this origin belongs to the company."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and settings.PRODUCTION):
        return False
    return (parts.hostname or "") in _hosts()


def forget() -> None:
    """Read the programs' hosts anew."""
    global _kept
    _kept = (0.0, frozenset())


def _hosts() -> frozenset[str]:
    global _kept
    if clock.monotonic() - _kept[0] > KEPT_SECONDS or not _kept[1]:
        rows = Program.objects.filter(state=Program.State.OPEN).values_list("hosts", flat=True)
        names = {str(host).strip().lower() for hosts in rows for host in hosts}
        _kept = (
            clock.monotonic(),
            frozenset(names | {urlsplit(settings.HAZUMI_BASE_URL).hostname or ""}),
        )
    return _kept[1]

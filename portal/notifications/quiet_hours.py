"""Quiet hours: an immediate mail is held until they end in the reader's time zone.

Pure.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_quiet(hour: int, begins: int, ends: int) -> bool:
    """Say whether an hour of the clock lies in them; they may go over midnight; alike they are
    none.
    """
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def next_allowed_at(now: datetime, zone: str, begins: int, ends: int) -> datetime:
    """Return `now`, or the end of the quiet hours it lies in."""
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return now
    if not is_quiet(local.hour, begins, ends):
        return now
    end = local.replace(hour=ends, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)

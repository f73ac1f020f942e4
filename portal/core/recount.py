"""The recount registry: every app with aggregates says how to compute them again from the rows.

Filled in AppConfig.ready(); holds no rows. `manage.py recount` calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portal.core.registry import Registry

Differences = dict[str, int]
Recount = Callable[[datetime], Differences]
_recounts: Registry[str, Recount] = Registry("recount")


def register(name: str, run: Recount) -> None:
    """Add a recount: it corrects what is stored and returns, by aggregate, how many rows were
    wrong. Later ones may build on earlier ones.
    """
    _recounts.register(name, run)


def recount_all(now: datetime) -> dict[str, Differences]:
    """Run every recount; return the differences by app."""
    return {name: run(now) for name, run in _recounts.items()}

"""Who waits for us: the open signals, and what apps know of beside them (a question that nobody
answered waits, whether or not a rule has raised it).

Every sentence of the kind "nobody waits" or "since then" is made from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from portal.accounts.models import Organization, User
from portal.core.registry import Registry
from portal.events import readable
from portal.teams.models import Signal


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for us: with what, since when, and who has it."""

    subject: str  # "app.noun:42"
    title: str
    url: str
    since: datetime
    organization: Organization | None = None
    owner: User | None = None


@dataclass(frozen=True)
class Queue:
    """What an app knows of who waits, as one staff member may see it.

    `oldest(reader, limit)` gives the first of them; `count(reader, without)` how many there are,
    leaving out some subjects.
    """

    oldest: Callable[[User, int], Sequence[Waiting]]
    count: Callable[[User, Collection[str]], int]


_queues: Registry[str, Queue] = Registry("queue of those who wait")


def register_queue(name: str, queue: Queue) -> None:
    """Add a queue; called from AppConfig.ready()."""
    _queues.register(name, queue)


def oldest(reader: User, *, limit: int = 5) -> list[Waiting]:
    """Return who waits longest, each subject once, the longest wait first."""
    rows = [row for queue in _queues for row in queue.oldest(reader, limit)]
    subjects = [row.subject for row in rows]
    signals = Signal.objects.waiting().with_names()
    first = [*signals.order_by("occurred_at", "pk")[:limit], *signals.filter(subject__in=subjects)]
    readable.conceal(reader, first, lambda row: [row.subject, row.about])
    found = {row.subject: row for row in rows}
    for signal in sorted(set(first), key=lambda row: (row.occurred_at, row.pk), reverse=True):
        found[signal.about] = _of(signal, found.get(signal.about))
    return sorted(found.values(), key=lambda row: (row.since, row.subject))[:limit]


def _of(signal: Signal, known: Waiting | None) -> Waiting:
    """Show a signal as what it is about; what is known to wait longer waits since then."""
    return Waiting(
        subject=signal.about,
        title=signal.title or signal.rule.name,
        url=reverse("teams:signal", args=[signal.public_id]),
        since=min(signal.occurred_at, known.since) if known else signal.occurred_at,
        organization=signal.organization,
        owner=signal.owner,
    )


def count(reader: User) -> int:
    """Return how many wait for us."""
    about = {signal.about for signal in Signal.objects.waiting().only("subject", "facts")}
    return len(about) + sum(queue.count(reader, about) for queue in _queues)

"""Breakdown: clicks, introductions and contracts by program, channel, content or referrer: the top
ones, and all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import CharField, Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from referrals.models import Click, ClickCount, MilestoneCount, SourceCount
from referrals.rules import ranks
from referrals.selectors.analytics.filters import AnalyticsFilter

SHOWN = 20
V = Click.Verdict
KEYS = {
    "channel": (
        F("channel"),
        Coalesce(NullIf(F("channel"), Value("")), Value("link"), output_field=CharField()),
    ),
    "program": (F("program_id"), F("link__program_id")),
    "content": (F("content"), F("link__content_url")),
    "referrer": (F("referrer_id"), F("link__user_id")),
}


class Line(NamedTuple):
    """One row of a breakdown as the database counts it."""

    key: Any
    clicked: int
    introduced: int
    signed_up: int
    won: int


def counted(slice_: AnalyticsFilter, by: str) -> tuple[list[Line], Line]:
    """Return the SHOWN best rows of a breakdown and the whole.

    Programs and channels are tallied, each referrer and content too, but only over everything:
    narrowed by any filter they are counted from the rows that pass it.
    """
    if by in ("channel", "program") and slice_.is_tallied:
        lines = _tallied(slice_, by)
        return _best(lines), _whole(lines)
    if by in ("content", "referrer") and not slice_.parts:
        whole = _whole(_tallied(slice_, "program"))
        return _best([*_sources(by), _rest(by, whole)]), whole
    return counted_from_rows(slice_, by)


def _best(lines: list[Line]) -> list[Line]:
    return sorted(
        (line for line in lines if any(line[1:])),
        key=lambda line: (-line.won, -line.introduced, -line.clicked, str(line.key)),
    )[:SHOWN]


def _whole(lines: list[Line]) -> Line:
    return Line(None, *(sum(line[n] for line in lines) for n in range(1, 5)))


def _tallied(slice_: AnalyticsFilter, by: str) -> list[Line]:
    """Return every row of a breakdown by program or channel, from the tallies."""
    key = {"program": "program_id"}.get(by, by)
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    clicked = ClickCount.objects.filter(**slice_.cells(), verdict=V.HUMAN).order_by()
    for value, n in clicked.values(key).annotate(n=Sum("count")).values_list(key, "n"):
        if value:  # 0: of a link that is no more
            found[value][0] = n
    introduced = MilestoneCount.objects.filter(**slice_.cells()).order_by()
    for value, *counts in (
        introduced.values(key)
        .annotate(
            n=Sum("count"),
            signed_up=Sum("count", filter=Q(rank__gte=ranks.REGISTERED), default=0),
            won=Sum("count", filter=Q(rank__gte=ranks.WON), default=0),
        )
        .values_list(key, "n", "signed_up", "won")
    ):
        found[value][1:] = counts
    return [Line(value, *counts) for value, counts in found.items() if any(counts)]


COUNTS = ("clicked", "introduced", "signed_up", "won")


def _sources(by: str) -> list[Line]:
    """Return the best referrers or pieces of content; an index has them in their order."""
    rows = SourceCount.objects.filter(kind=by).order_by("-won", "-introduced", "-clicked", "key")
    return [
        Line(int(key) if by == "referrer" else key, *counts)
        for key, *counts in rows.values_list("key", *COUNTS)[:SHOWN]
    ]


def _rest(by: str, whole: Line) -> Line:
    """Return what came without a content or a referrer: the whole without what came with one."""
    kept = SourceCount.objects.filter(kind=by).aggregate(
        **{name: Sum(name, default=0) for name in COUNTS}
    )
    key = "" if by == "content" else None
    return Line(key, *(whole[n] - kept[name] for n, name in enumerate(COUNTS, start=1)))


def counted_from_rows(slice_: AnalyticsFilter, by: str) -> tuple[list[Line], Line]:
    """Return the same from rows."""
    own, theirs = KEYS[by]
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    opened = slice_.clicks().filter(verdict=V.HUMAN).order_by().values(key=theirs)
    for key, n in opened.annotate(n=Sum("count")).values_list("key", "n"):
        found[key][0] = n
    introductions = slice_.introductions().order_by().values(key=own)
    for key, *counts in introductions.annotate(
        introduced=Count("pk"),
        signed_up=Count("pk", filter=Q(rank__gte=ranks.REGISTERED)),
        won=Count("pk", filter=Q(rank__gte=ranks.WON)),
    ).values_list("key", "introduced", "signed_up", "won"):
        found[key][1:] = counts
    lines = [Line(key, *counts) for key, counts in found.items()]
    return _best(lines), _whole(lines)

"""Breakdown: clicks, introductions and contracts by program, channel, content or referrer: the top
ones, and all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from referrals.models import Click, ClickCount, MilestoneCount, SourceCount
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
        return _best(_sources(by)), _whole(_tallied(slice_, "program"))
    return counted_from_rows(slice_, by)


def _best(lines: list[Line]) -> list[Line]:
    return sorted(
        lines, key=lambda line: (-line.won, -line.introduced, -line.clicked, str(line.key))
    )[:SHOWN]


def _whole(lines: list[Line]) -> Line:
    return Line(None, *(sum(line[n] for line in lines) for n in range(1, 5)))


def _tallied(slice_: AnalyticsFilter, by: str) -> list[Line]:
    """Return every row of a breakdown by program or channel, from the tallies."""
    key, where = {"program": "program_id"}.get(by, by), slice_.tally(by=by)
    n = "count"
    sums = {
        "introduced": Sum(n),
        "signed_up": Sum(n, filter=Q(rank__gte=1)),
        "won": Sum(n, filter=Q(rank__gte=4)),
    }
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for value, clicked in ClickCount.objects.filter(
        **where, verdict=V.HUMAN, count__gt=0
    ).values_list(key, n):
        if value:  # 0: of a link that is no more
            found[value][0] = clicked
    for row in MilestoneCount.objects.filter(**where, count__gt=0).values(key).annotate(**sums):
        found[row[key]][1:] = [row[name] or 0 for name in sums]
    return [Line(value, *counts) for value, counts in found.items()]


def _sources(by: str) -> list[Line]:
    """Return the best referrers or pieces of content; an index has them in their order."""
    rows = SourceCount.objects.filter(
        Q(won__gt=0) | Q(introduced__gt=0) | Q(clicked__gt=0), kind=by
    )
    lines = rows.order_by("-won", "-introduced", "-clicked", "key").values_list(
        "key", "clicked", "introduced", "signed_up", "won"
    )[:SHOWN]
    return [
        Line((int(key) if key else None) if by == "referrer" else key, *counts)
        for key, *counts in lines
    ]


def counted_from_rows(slice_: AnalyticsFilter, by: str) -> tuple[list[Line], Line]:
    """Return the same from rows: one query, whose answer has at most SHOWN + 1 rows."""
    own, theirs = KEYS[by]
    introductions = (
        slice_.introductions()
        .order_by()
        .values(key=own)
        .annotate(
            introduced=Count("pk"),
            signed_up=Count("pk", filter=Q(rank__gte=1)),
            won=Count("pk", filter=Q(rank__gte=4)),
        )
    )
    opened = (
        slice_.clicks()
        .filter(verdict=V.HUMAN)
        .order_by()
        .values(key=theirs)
        .annotate(clicked=Sum("count"))
    )
    one, one_params = introductions.query.sql_with_params()
    two, two_params = opened.query.sql_with_params()
    sql = f"""
        WITH rows AS (
            SELECT COALESCE(i.key, c.key) AS key, COALESCE(clicked, 0)::bigint AS clicked,
                COALESCE(introduced, 0) AS introduced, COALESCE(signed_up, 0) AS signed_up,
                    COALESCE(won, 0) AS won
            FROM ({one}) i FULL JOIN ({two}) c ON i.key = c.key
        )
        (SELECT *, false AS whole FROM rows ORDER BY won DESC, introduced DESC, clicked DESC, key
            LIMIT {SHOWN})
        UNION ALL
        SELECT NULL, sum(clicked), sum(introduced), sum(signed_up), sum(won), true FROM rows
    """  # noqa: S608  constants and the parts of Django's own queries
    with connection.cursor() as cursor:
        cursor.execute(sql, [*one_params, *two_params])
        found = [
            (Line(row[0], *(int(n or 0) for n in row[1:5])), row[5]) for row in cursor.fetchall()
        ]
    lines = [line for line, is_whole in found if not is_whole]
    lines.sort(key=lambda line: (-line.won, -line.introduced, -line.clicked, str(line.key)))
    return lines, next(line for line, is_whole in found if is_whole)

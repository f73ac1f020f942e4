"""Similar titles: what others asked already.

Compares titles alone; the search app comes first where it is installed.
"""

from __future__ import annotations

import re

from django.db.models import Case, IntegerField, Q, Value, When

from community.models import Topic
from community.permissions import Anyone
from community.rules.text import fold

LIMIT = 5
STOP = frozenset(
    "です ます した する して ない たい から ので こと もの どう この その ある いる なる ください "
    "the and for how can not with are was what when does from that this have".split()
)


def pieces(title: str) -> list[str]:
    """Cut a title into words worth finding: Latin words, and Japanese runs in overlapping pairs of
    two characters.
    """
    found: dict[str, None] = {}
    for run in re.findall(r"[a-z0-9]+|[぀-ヿ㐀-鿿々ー]+", fold(title)):
        if run[0].isascii():
            if len(run) > 1 and run not in STOP:
                found.setdefault(run)
            continue
        for part in re.findall(r"[゠-ヿー]{2,}|[㐀-鿿々]{2,}|[㐀-鿿々][぀-ゟ]", run):
            if part not in STOP:
                found.setdefault(part)
    return list(found)[:8]


def similar_questions(title: str, user: Anyone) -> list[Topic]:
    """Return at most five questions that share words with a title, the most shared first, solved
    before unsolved.
    """
    words = pieces(title)
    if not words:
        return []
    shared = sum(
        (
            Case(
                When(title__icontains=word, then=Value(2)),
                default=Value(0),
                output_field=IntegerField(),
            )
            for word in words
        ),
        start=Value(0),
    )
    wanted = Q()
    for word in words:
        wanted |= Q(title__icontains=word)
    rows = Topic.objects.listed_for(user).questions().filter(wanted).annotate(shared=shared)
    return list(rows.order_by("-shared", "-answer_count", "-id")[:LIMIT])

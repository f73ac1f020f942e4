"""Expert source: who knows a topic, judged by accepted answers."""

from __future__ import annotations

from django.db.models import Q

from community.models import Topic
from portal.engagement.expertise import Shown, register

LIMIT = 500


def by_accepted_answers(topic_words: list[str]) -> dict[int, Shown]:
    """Return the authors of accepted answers to listed questions whose title or tags contain one of
    the words.
    """
    wanted = Q()
    for word in topic_words:
        wanted |= Q(title__icontains=word) | Q(tags__contains=[word.lower()])
    if not wanted:
        return {}
    rows = (
        Topic.objects.listed()
        .filter(wanted, accepted_post__author__isnull=False)
        .order_by("-accepted_at")
        .values_list("accepted_post__author_id", "title")[:LIMIT]
    )
    found: dict[int, Shown] = {}
    for author, title in rows:
        known = found.get(author)
        found[author] = Shown(known.count + 1, known.example) if known else Shown(1, title)
    return found


def fill() -> None:
    """Register the expert source; called once."""
    register("accepted_answers", by_accepted_answers)

"""The moderators' queue: reported posts, oldest first, each once."""

from __future__ import annotations

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from community.models import Flag, ModerationAct, Post
from community.permissions import Anyone
from portal.accounts.permissions import can_moderate


def waiting() -> QuerySet[Post]:
    """Posts with open reports, the longest waiting first."""
    still_open = Q(flags__state=Flag.State.OPEN)
    flags = (
        Flag.objects.filter(state=Flag.State.OPEN)
        .select_related("reporter", "claimed_by")
        .order_by("created_at")
    )
    return (
        Post.objects.filter(still_open, deleted_at=None)
        .annotate(
            flag_count=Count("flags", filter=still_open),
            waiting_since=Min("flags__created_at", filter=still_open),
        )
        .select_related("topic", "author", "author_organization")
        .prefetch_related(Prefetch("flags", queryset=flags, to_attr="open_flags"))
        .order_by("waiting_since", "pk")
    )


def waiting_count(user: Anyone) -> int:
    """How many posts wait for a moderator; 0 for everybody else."""
    if not can_moderate(user):
        return 0
    return (
        Flag.objects.filter(state=Flag.State.OPEN, post__deleted_at=None)
        .values("post")
        .distinct()
        .count()
    )


def accuracy_of(reporter_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return by reporter (reports upheld, reports judged): how often moderators agreed with
    them.
    """
    judged = Q(state__in=(Flag.State.HIDDEN, Flag.State.KEPT))
    rows = (
        Flag.objects.filter(judged, reporter__in=reporter_ids)
        .values("reporter")
        .annotate(all=Count("pk"), upheld=Count("pk", filter=Q(state=Flag.State.HIDDEN)))
    )
    return {row["reporter"]: (row["upheld"], row["all"]) for row in rows}


def log() -> QuerySet[ModerationAct]:
    """What was decided, newest first."""
    return ModerationAct.objects.select_related("post", "post__topic", "moderator").order_by(
        "-at", "-pk"
    )

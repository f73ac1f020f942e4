"""Privacy of the community: export on request; erasure that keeps contributions without a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from community.models import (
    ArticleVote,
    Attachment,
    Draft,
    Flag,
    Follow,
    Post,
    Reaction,
    ReadState,
    Story,
    Topic,
)
from community.search import queue_topics_of
from community.services.attachments import remove_attachments
from community.services.rendering import forget_name
from community.services.stories import withdraw_story
from portal.accounts.models import User
from portal.accounts.privacy import (
    register_deactivation_handler,
    register_eraser,
    register_exporter,
)


def _posts(user: User) -> Iterable[dict[str, Any]]:
    for post in (
        Post.objects.filter(author=user)
        .select_related("topic")
        .order_by("created_at", "pk")
        .iterator()
    ):
        yield {
            "title": post.topic.title,
            "url": post.get_absolute_url(),
            "kind": post.kind,
            "text": post.markdown,
            "written_at": post.created_at,
            "deleted_at": post.deleted_at,
        }


def _reactions(user: User) -> Iterable[dict[str, Any]]:
    rows = Reaction.objects.filter(user=user).select_related("post__topic").order_by("pk")
    return (
        {"kind": row.kind, "url": row.post.get_absolute_url(), "at": row.created_at} for row in rows
    )


def _follows(user: User) -> Iterable[dict[str, Any]]:
    rows = Follow.objects.filter(user=user).select_related("topic", "tag").order_by("pk")
    return ({"what": str(row.topic or row.tag), "since": row.created_at} for row in rows)


def _drafts(user: User) -> Iterable[dict[str, Any]]:
    return (
        {"key": row.key, "data": row.data, "saved_at": row.saved_at}
        for row in Draft.objects.filter(user=user)
    )


def _flags(user: User) -> Iterable[dict[str, Any]]:
    rows = Flag.objects.filter(reporter=user).order_by("pk")
    return (
        {"reason": row.reason, "note": row.note, "at": row.created_at, "state": row.state}
        for row in rows
    )


def _stories(user: User) -> Iterable[dict[str, Any]]:
    for story in (
        Story.objects.filter(author=user).prefetch_related("results", "consents").order_by("pk")
    ):
        yield {
            "title": story.title,
            "state": story.state,
            "problem": story.problem,
            "action": story.action,
            "outcome": story.outcome,
            "results": [str(row) for row in story.results.all()],
            "written_at": story.created_at,
            "consents": [
                {"words": row.words, "given_at": row.given_at, "ended_at": row.ended_at}
                for row in story.consents.all()
            ],
        }


def _attachments(user: User) -> Iterable[dict[str, Any]]:
    rows = Attachment.objects.filter(uploader=user).order_by("pk")
    return (
        {"name": row.name, "url": row.get_absolute_url(), "sent_at": row.created_at} for row in rows
    )


def _erase(user: User, now: datetime) -> None:
    """Keep posts and reactions (others rely on them) under "a former member"; delete what only the
    user could see.

    Their stories go with their consent: the text is emptied, and the replies stay hidden with it.
    """
    for story in Story.objects.filter(author=user):
        withdraw_story(story=story, actor=user, now=now)
    Post.objects.filter(topic__story__author=user, number=1).update(markdown="", html="")
    Topic.objects.filter(story__author=user).update(title="")
    Story.objects.filter(author=user).delete()
    forget_name(user)
    queue_topics_of(user)
    remove_attachments(list(Attachment.objects.unused().filter(uploader=user)))
    Attachment.objects.filter(uploader=user).update(uploader=None, name="")
    _stop_following(user)
    for model in (Draft, ReadState, ArticleVote):
        model.objects.filter(user=user).delete()
    Flag.objects.filter(reporter=user).update(reporter=None, note="")
    Post.objects.filter(author=user).update(author_organization=None)
    Topic.objects.filter(author=user).update(author_organization=None)


def _off_board(user: User, now: datetime) -> None:
    """Stop notifications that were set up in a deactivated user's name."""
    _stop_following(user)


def _stop_following(user: User) -> None:
    """Take their follows away, and out of the topics' counters."""
    topics = Follow.objects.filter(user=user, topic__isnull=False).values("topic")
    Topic.objects.filter(pk__in=topics).update(follower_count=F("follower_count") - 1)
    Follow.objects.filter(user=user).delete()


def register() -> None:
    """Fill the privacy registry."""
    register_exporter("posts", _posts)
    register_exporter("reactions", _reactions)
    register_exporter("follows", _follows)
    register_exporter("drafts", _drafts)
    register_exporter("reports", _flags)
    register_exporter("stories", _stories)
    register_exporter("pictures", _attachments)
    register_eraser("community", _erase)
    register_deactivation_handler("community", _off_board)

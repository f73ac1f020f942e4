"""Success story queries: the list, one page, the author's and the staff's view."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from community.models import Space, Story, Topic
from community.permissions import Anyone, can_publish_stories
from community.rules import consent
from community.topic_kinds import STORY
from portal.accounts.models import User


def listed(user: Anyone, *, space: Space | None = None) -> QuerySet[Topic]:
    """Published stories the user may read, each with what its row shows."""
    rows = Topic.objects.listed_for(user).filter(kind=STORY.value)
    if space is not None:
        rows = rows.filter(space=space)
    people = ("story__organization", "story__author", "consent", "space")
    return rows.select_related(*people).prefetch_related("story__results")


def name_rows(topics: list[Topic]) -> None:
    """Put on each row under whose name it is shown."""
    for topic in topics:
        assert topic.consent is not None
        topic.byline = consent.byline(topic.consent, topic.story.organization, topic.story.author)


def of_page(topic: Topic) -> Story:
    """Return the story of a page with its figures; two statements."""
    rows = Story.objects.select_related(
        "organization", "author", "consent", "space"
    ).prefetch_related("results")
    return rows.get(topic=topic)


def byline_of(story: Story) -> str:
    """Return under whose name readers see it; what it would be without consent is not said."""
    return consent.byline(story.consent, story.organization, story.author) if story.consent else ""


def own(user: User) -> list[Story]:
    """The user's stories that are not public, newest first."""
    return list(Story.objects.unpublished_of(user).order_by("-updated_at", "-pk")[:20])


def of_company(user: User) -> list[Story]:
    """Stories colleagues agreed to in the company's name; its administrator may withdraw them."""
    membership = user.membership
    if membership is None or membership.role != "administrator":
        return []
    rows = Story.objects.filter(
        organization_id=membership.organization_id, consent__isnull=False
    ).exclude(author=user)
    return list(rows.select_related("author").order_by("-updated_at", "-pk")[:20])


def get_story(user: Anyone, public_id: UUID) -> Story:
    """Return a story on its writer's page. Raises Http404 for whoever it is not for."""
    people = ("organization", "author", "consent", "space", "topic", "decided_by")
    story = (
        Story.objects.visible_to(user)
        .select_related(*people)
        .prefetch_related("results")
        .filter(public_id=public_id)
        .first()
    )
    if story is None:
        raise Http404
    return story


def waiting() -> list[Story]:
    """Stories staff have not reviewed yet, the longest waiting first."""
    return list(Story.objects.waiting().select_related("author", "organization")[:100])


def decided() -> list[Story]:
    """What became of the others lately."""
    rows = Story.objects.exclude(state__in=(Story.State.DRAFT, Story.State.SUBMITTED))
    return list(
        rows.select_related("author", "organization", "topic", "decided_by").order_by(
            "-updated_at", "-pk"
        )[:30]
    )


def waiting_count(user: Any) -> int:
    """How many stories wait for somebody who may publish them; 0 for everybody else."""
    return Story.objects.waiting().count() if can_publish_stories(user) else 0

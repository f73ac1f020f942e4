"""A success story: written and agreed to apart (community/models/stories.py), a topic once it is
published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CheckConstraint, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from community.topic_kinds.base import REPLIES, TopicKind
from portal.accounts.models import User
from portal.accounts.permissions import is_member
from portal.accounts.rules import Viewer
from portal.core.text.markdown import excerpt

if TYPE_CHECKING:
    from community.models import Topic  # models are made from the kinds

# Functions here import models when they are called: models are made from the kinds.


def may_write(viewer: Viewer) -> bool:
    """Customers tell stories, for a company that can agree; the host's staff ask for them."""
    return is_member(viewer) and not viewer.is_team and viewer.organization_id is not None


def page_context(request: HttpRequest, topic: Topic) -> dict[str, Any]:
    """What the page of a story shows beside what every topic shows."""
    from community.permissions import can_see_story  # models are made from the kinds
    from community.selectors import stories  # models are made from the kinds

    row = stories.of_page(topic)
    return {
        "story": row,
        "byline": stories.byline_of(row),
        "may_manage": can_see_story(request.user, row),
    }


def search_words(topic: Topic) -> str:
    """Under whose name a story is told, and what was measured: words one searches stories by."""
    from community.selectors import stories  # models are made from the kinds

    story = stories.of_page(topic)
    with override(topic.language):
        return " ".join((stories.byline_of(story), *(row.what for row in story.results.all())))


def authors_of(topic_id: int) -> Iterable[int | None]:
    """Who told it, named or not."""
    from community.models import Story  # models are made from the kinds

    return Story.objects.filter(topic=topic_id).values_list("author_id", flat=True)


def describe_draft(number: str, data: Mapping[str, Any], user: User) -> tuple[str, str]:
    return excerpt(str(data.get("problem", "")), 100), _form_of(number, user)


def _form_of(number: str, user: User) -> str:
    """Where the form of a story is; "" when the user may no longer edit it."""
    from community.models import Story  # models are made from the kinds
    from community.permissions import can_edit_story  # models are made from the kinds

    if number == "new":
        return reverse("community:new_story")
    story = (
        Story.objects.filter(public_id=number, author=user).first() if _is_uuid(number) else None
    )
    may_edit = story is not None and can_edit_story(user, story)
    return reverse("community:edit_story", args=[number]) if may_edit else ""


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


STORY = TopicKind(
    value="story",
    label=_("Success story"),
    plural=_("Success stories"),
    slug="stories",
    list_name="stories",
    page_name="story",
    icon="trophy",
    order=25,
    replying=replace(
        REPLIES,
        none_yet=_("Nobody has replied yet. Ask how they did it."),
        invitation=_("Would you like to ask how they did it, or share how you do it?"),
        sign_in=_("Sign in to reply"),
    ),
    schema_type="Article",
    text_is_fixed=True,  # it reads as its author agreed to it
    navigation="articles",
    page_template="community/story.html",
    may_post=may_write,
    events=("community.story.published", "community.story.withdrawn"),
    constraints=(
        CheckConstraint(
            condition=~Q(kind="story") | Q(deleted_at__isnull=False) | Q(consent__isnull=False),
            name="a_story_is_shown_only_with_consent",
        ),
        CheckConstraint(
            condition=~Q(kind="story") | Q(visibility__in=("public", "members")),
            name="a_story_is_for_everybody_or_members",
        ),
    ),
    page_context=page_context,
    search_words=search_words,
    authors_of=authors_of,
    describe_draft=describe_draft,
)

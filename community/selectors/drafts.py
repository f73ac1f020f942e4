"""A user's drafts as a list shows them: what they are, and where to continue writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Draft, Post, Story, Topic
from community.permissions import can_edit_story
from portal.accounts.models import User
from portal.core.text.markdown import excerpt, plain_mentions

WRITTEN = ("title", "body", "problem", "action", "outcome")


@dataclass(frozen=True)
class Described:
    draft: Draft
    label: str
    title: str
    excerpt: str
    url: str

    @property
    def text(self) -> str:
        """All that was written, for a draft whose form is gone."""
        return "\n\n".join(
            str(value) for key, value in self.draft.data.items() if key in WRITTEN and value
        )


def described(drafts: Iterable[Draft], user: User) -> list[Described]:
    """Say of each draft what it is; those whose topic is gone have no address."""
    return [_describe(draft, user) for draft in drafts]


def _describe(draft: Draft, user: User) -> Described:
    noun, _colon, number = draft.key.partition(":")
    data: dict[str, Any] = draft.data
    text = excerpt(plain_mentions(str(data.get("body", ""))), 100)
    title = str(data.get("title", ""))
    if noun == "topic":
        name = "community:ask" if number == "question" else "community:start"
        return Described(
            draft,
            _("Question") if number == "question" else _("Discussion"),
            title,
            text,
            reverse(name),
        )
    if noun == "answer" and number.isdecimal():
        topic = Topic.objects.visible_to(user).filter(pk=int(number)).first()
        url = f"{topic.get_absolute_url()}#reply" if topic else ""
        return Described(draft, _("Answer"), topic.title if topic else "", text, url)
    if noun in ("comment", "edit") and number.isdecimal():
        post = Post.objects.visible_to(user).select_related("topic").filter(pk=int(number)).first()
        url = (
            ""
            if post is None
            else reverse("community:edit", args=[post.pk])
            if noun == "edit"
            else post.get_absolute_url()
        )
        label = _("Edit") if noun == "edit" else _("Comment")
        return Described(draft, label, post.topic.title if post else "", text, url)
    if noun == "article":
        url = (
            reverse("community:new_article")
            if number == "new"
            else reverse("community:edit_article", args=[number])
        )
        return Described(draft, _("Article"), title, text, url)
    if noun == "story":
        text = excerpt(plain_mentions(str(data.get("problem", ""))), 100)
        return Described(draft, _("Success story"), title, text, _story_url(number, user))
    return Described(draft, _("Draft"), title, text, "")


def _story_url(number: str, user: User) -> str:
    """The URL of a story's form; "" when the user may no longer edit the story."""
    if number == "new":
        return reverse("community:new_story")
    story = (
        Story.objects.filter(public_id=number, author=user).first() if _is_uuid(number) else None
    )
    return (
        reverse("community:edit_story", args=[number])
        if story and can_edit_story(user, story)
        else ""
    )


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False

"""A user's drafts as a list shows them: what they are, and where to continue writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from community import topic_kinds
from community.models import Draft, Post, Topic
from portal.accounts.models import User
from portal.core.text.markdown import excerpt

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
    kind = topic_kinds.find(noun)
    if kind is not None and kind.describe_draft is not None:  # of a kind with a form of its own
        text, url = kind.describe_draft(number, draft.data, user)
        return Described(draft, str(kind.label), _title(draft), text, url)
    describe = DESCRIBED.get(noun)
    found = describe(draft, number, user) if describe else None
    return found or Described(draft, _("Draft"), _title(draft), _text(draft), "")


def _title(draft: Draft) -> str:
    return str(draft.data.get("title", ""))


def _text(draft: Draft) -> str:
    return excerpt(str(draft.data.get("body", "")), 100)


def _topic(draft: Draft, number: str, user: User) -> Described | None:
    """A new topic, by its kind."""
    kind = topic_kinds.find(number)
    if kind is None or kind.writing is None:
        return None
    url = reverse(f"community:{kind.writing.url_name}")
    return Described(draft, str(kind.label), _title(draft), _text(draft), url)


def _answer(draft: Draft, number: str, user: User) -> Described | None:
    if not number.isdecimal():
        return None
    topic = Topic.objects.visible_to(user).filter(pk=int(number)).first()
    url = f"{topic.get_absolute_url()}#reply" if topic else ""
    return Described(draft, _("Answer"), topic.title if topic else "", _text(draft), url)


def _comment(draft: Draft, number: str, user: User) -> Described | None:
    if not number.isdecimal():
        return None
    post = _post(number, user)
    url = post.get_absolute_url() if post else ""
    return Described(draft, _("Comment"), post.topic.title if post else "", _text(draft), url)


def _edit(draft: Draft, number: str, user: User) -> Described | None:
    if not number.isdecimal():
        return None
    post = _post(number, user)
    url = reverse("community:edit", args=[post.pk]) if post else ""
    return Described(draft, _("Edit"), post.topic.title if post else "", _text(draft), url)


def _post(number: str, user: User) -> Post | None:
    rows = Post.objects.visible_to(user).select_related("topic")
    return rows.filter(pk=int(number)).first()


def _article(draft: Draft, number: str, user: User) -> Described:
    url = (
        reverse("community:new_article")
        if number == "new"
        else reverse("community:edit_article", args=[number])
    )
    return Described(draft, _("Article"), _title(draft), _text(draft), url)


# What a draft is, by the first part of its key.
DESCRIBED: dict[str, Callable[[Draft, str, User], Described | None]] = {
    "topic": _topic,
    "answer": _answer,
    "comment": _comment,
    "edit": _edit,
    "article": _article,
}

"""One topic as a reader sees it: its posts in order, what she may do with each, what she has marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from community import permissions
from community.models import Post, Reaction, Topic
from community.permissions import Anyone
from portal.accounts.permissions import can_moderate, is_member
from portal.core.ids import uuid7

AT_ONCE = 100  # a topic up to this size is one statement and one page
PAGE = 20
SHOWN_FIELDS = (
    "topic_id", "number", "kind", "parent_id", "by_staff", "html", "language", "up_count", "score", "reactions", "created_at",
    "edited_at", "hidden_at", "hidden_reason", "deleted_at", "deleted_by_id", "author__public_id",
    "author__display_name", "author__avatar", "author__company_visible", "author_organization__name",
)  # fmt: skip


@dataclass
class Shown:
    """A post on the page."""

    post: Post
    comments: list[Shown] = field(default_factory=list)
    accepted: bool = False
    unread_starts: bool = False
    marks: frozenset[str] = frozenset()
    can_edit: bool = False
    can_delete: bool = False
    can_react: bool = False
    can_accept: bool = False
    fixed_form_key: str = ""  # a mark that is replaced in a kept rendering

    @property
    def form_key(self) -> UUID | str:
        """The key of this post's comment form."""
        return self.fixed_form_key or uuid7()

    @property
    def thanks_count(self) -> int:
        return int(self.post.reactions.get("thanks", 0))

    @property
    def same_count(self) -> int:
        return int(self.post.reactions.get("same", 0))


@dataclass
class Conversation:
    """The parts of a topic page."""

    body: Shown
    accepted: Shown | None
    answers: list[Shown]
    next_from: int | None = None
    is_later_page: bool = False


def _posts(topic: Topic) -> QuerySet[Post]:
    rows = Post.objects.filter(topic=topic).select_related("author", "author_organization")
    return rows.only(*SHOWN_FIELDS).order_by("number")


def conversation(topic: Topic, user: Anyone, *, start: int = 0, read_to: int | None = None) -> Conversation:
    """Return the topic's posts from answer number `start` on; one statement for posts, one for the reader's marks."""
    rows, next_from = _rows(topic, start)
    shown = [_show(post, topic, user) for post in rows if _is_visible(post, user)]
    _set_marks(shown, user)
    by_id = {item.post.pk: item for item in shown}
    for item in shown:
        if item.post.parent_id in by_id:
            by_id[item.post.parent_id].comments.append(item)
    if read_to is not None:
        _set_unread(shown, user, read_to)
    body = next(item for item in shown if item.post.kind == Post.Kind.BODY)
    accepted = by_id.get(topic.accepted_post_id) if topic.accepted_post_id else None
    if accepted is not None:
        accepted.accepted = True
    answers = [item for item in shown if item.post.kind == Post.Kind.ANSWER and not item.accepted]
    return Conversation(body, accepted, answers, next_from, start > 0)


def _rows(topic: Topic, start: int) -> tuple[list[Post], int | None]:
    if topic.last_number <= AT_ONCE:
        return list(_posts(topic)), None
    answers = list(
        Post.objects.filter(topic=topic, kind=Post.Kind.ANSWER, number__gte=start, deleted_at=None)
        .order_by("number")
        .values_list("pk", "number")[: PAGE + 1]
    )
    next_from = answers[PAGE][1] if len(answers) > PAGE else None
    wanted = [pk for pk, _ in answers[:PAGE]]
    here = Q(kind=Post.Kind.BODY) | Q(pk__in=wanted) | Q(parent__in=wanted) | Q(parent__number=1)
    if topic.accepted_post_id:
        here |= Q(pk=topic.accepted_post_id) | Q(parent=topic.accepted_post_id)
    return list(_posts(topic).filter(here)[: 5 * AT_ONCE]), next_from


def _is_visible(post: Post, user: Anyone) -> bool:
    if post.kind == Post.Kind.BODY:
        return True
    if post.deleted_at is not None:
        return False
    return post.hidden_at is None or can_moderate(user) or (is_member(user) and post.author_id == user.pk)


def _show(post: Post, topic: Topic, user: Anyone) -> Shown:
    post.topic = topic
    if not is_member(user):
        return Shown(post)
    return Shown(
        post,
        can_edit=permissions.can_edit(user, post),
        can_delete=permissions.can_delete(user, post),
        can_react=permissions.can_react(user, post),
        can_accept=post.kind == Post.Kind.ANSWER and post.hidden_at is None and permissions.can_accept(user, topic),
    )


def _set_marks(shown: Iterable[Shown], user: Anyone) -> None:
    if not is_member(user):
        return
    marks: dict[int, set[str]] = {}
    ids = [item.post.pk for item in shown]
    for post_id, kind in Reaction.objects.filter(user=user, post__in=ids).values_list("post_id", "kind"):
        marks.setdefault(post_id, set()).add(kind)
    for item in shown:
        item.marks = frozenset(marks.get(item.post.pk, ()))


def _set_unread(shown: Iterable[Shown], user: Anyone, read_to: int) -> None:
    for item in sorted(shown, key=lambda item: item.post.number):
        if item.post.number > read_to and item.post.author_id != user.pk:
            item.unread_starts = True
            return


def page_start(post: Post) -> int:
    """Return the answer number at which the page with this post begins; 0 where the topic has one page."""
    if post.topic.last_number <= AT_ONCE or post.kind == Post.Kind.BODY:
        return 0
    anchor = post if post.kind == Post.Kind.ANSWER else post.parent
    if anchor is None or anchor.kind != Post.Kind.ANSWER:
        return 0
    numbers = Post.objects.filter(
        topic=post.topic_id, kind=Post.Kind.ANSWER, deleted_at=None, number__lte=anchor.number
    )
    ordered = list(numbers.order_by("number").values_list("number", flat=True))
    return ordered[(len(ordered) - 1) // PAGE * PAGE] if len(ordered) > PAGE else 0

"""One topic as a reader sees it: its posts in order, what the reader may do with each, and their
reactions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from community import visibility
from community.models import Post, Reaction, Topic
from community.permissions import Anyone, Standing, standing_in
from portal.core.db.compiled_queries import CompiledQuery, Placeholders

AT_ONCE = 100  # a topic up to this size is one statement and one page
PAGE = 20
SHOWN_FIELDS = (
    "topic_id",
    "number",
    "kind",
    "parent_id",
    "by_staff",
    "html",
    "language",
    "up_count",
    "score",
    "reactions",
    "created_at",
    "edited_at",
    "hidden_at",
    "hidden_reason",
    "deleted_at",
    "deleted_by_id",
    "author__public_id",
    "author__display_name",
    "author__avatar",
    "author__company_visible",
    "author_organization__name",
)


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


def _posts(shape: _Part, values: Placeholders) -> QuerySet[Post]:
    """A topic's posts with their authors and, for a signed-in reader, the reactions they have
    set.
    """
    topic = values.number("topic")
    rows = (
        Post.objects.filter(topic_id=topic)
        .select_related("author", "author_organization")
        .only(*SHOWN_FIELDS)
    )
    if shape.signed_in:
        mine = Reaction.objects.filter(user_id=values.number("reader"), post=OuterRef("pk"))
        rows = rows.annotate(my_marks=ArraySubquery(mine.values("kind")))
    if shape.answers is not None:
        wanted = [values.number(f"answer{n}") for n in range(shape.answers)]
        rows = rows.filter(
            Q(kind=Post.Kind.BODY) | Q(pk__in=wanted) | Q(parent__in=wanted) | Q(parent__number=1)
        )
    return rows.order_by("number")[: 5 * AT_ONCE]


@dataclass(frozen=True, slots=True)
class _Part:
    """The shape of a page of posts: the whole topic, or the parts of it that hang on so many
    answers.
    """

    signed_in: bool
    answers: int | None = None


_pages = CompiledQuery(_posts)


def conversation(
    topic: Topic, user: Anyone, *, start: int = 0, read_to: int | None = None
) -> Conversation:
    """Return the topic's posts from answer number `start` on; one statement, two in a long
    topic.
    """
    rows, next_from = _rows(topic, user, start)
    standing = standing_in(topic, user)
    visible = [
        post for post in rows if post.kind == Post.Kind.BODY or visibility.POST.holds(user, post)
    ]
    shown = [_show(post, standing) if standing.may_read else Shown(post) for post in visible]
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


def _rows(topic: Topic, user: Anyone, start: int) -> tuple[list[Post], int | None]:
    whole = topic.last_number <= AT_ONCE
    wanted, next_from = ([], None) if whole else _answers_from(topic, start)
    rows = _pages.rows(
        _Part(user.is_authenticated, None if whole else len(wanted)),
        topic=topic.pk,
        reader=user.pk,
        **{f"answer{n}": pk for n, pk in enumerate(wanted)},
    )
    for row in rows:
        row.topic = topic
    return rows, next_from


def _answers_from(topic: Topic, start: int) -> tuple[list[int], int | None]:
    """Return the answers a page of a long topic shows, the accepted one among them, and where the
    next page begins.
    """
    answers = list(
        Post.objects.filter(topic=topic, kind=Post.Kind.ANSWER, number__gte=start, deleted_at=None)
        .order_by("number")
        .values_list("pk", "number")[: PAGE + 1]
    )
    next_from = answers[PAGE][1] if len(answers) > PAGE else None
    wanted = [pk for pk, _ in answers[:PAGE]]
    if topic.accepted_post_id and topic.accepted_post_id not in wanted:
        wanted.append(topic.accepted_post_id)
    return wanted, next_from


def _show(post: Post, standing: Standing) -> Shown:
    return Shown(
        post,
        marks=frozenset(post.my_marks),  # type: ignore[attr-defined]  # annotated
        can_edit=standing.can_edit(post),
        can_delete=standing.can_delete(post),
        can_react=standing.can_react(post),
        can_accept=standing.can_accept(post),
    )


def _set_unread(shown: Iterable[Shown], user: Anyone, read_to: int) -> None:
    for item in sorted(shown, key=lambda item: item.post.number):
        if item.post.number > read_to and item.post.author_id != user.pk:
            item.unread_starts = True
            return


def page_start(post: Post) -> int:
    """Return the answer number at which the page with this post begins; 0 where the topic has one
    page.
    """
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

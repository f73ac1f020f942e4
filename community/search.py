"""Search sources of the community: topics with all their posts (stories among them), and published
articles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from community import topic_kinds
from community.models import Article, Post, Topic
from community.topic_kinds import TopicKind
from portal.accounts.models import User
from portal.events.models import Event
from portal.search.registry import Document, Source, register_source
from portal.search.services import queue_documents

TEXT_LENGTH = 60_000
TOPIC_EVENTS = (
    "community.answer.posted",
    "community.reply.posted",
    "community.post.edited",
    "community.post.deleted",
    "community.post.restored",
    "community.post.hidden",
    "community.topic.changed",
    "community.answer.accepted",
    "community.answer.unaccepted",
)


def _words(html: str) -> str:
    """Return the words of rendered Markdown as a reader sees them: ">" and not "&gt;", which a
    snippet would escape again.
    """
    return unescape(strip_tags(html)).strip()


def with_tags(text: str, tags: Iterable[str]) -> str:
    """Return a document's text with its tags, which stand last: a snippet begins with the first
    words that match.
    """
    named = " ".join(tags)
    return f"{text[: TEXT_LENGTH - len(named) - 1]}\n{named}"


def _topic(kind: TopicKind, pk: int) -> Document | None:
    topic = Topic.objects.listed().filter(kind=kind.value, pk=pk).first()
    if topic is None:
        return None
    posts = list(
        Post.objects.filter(topic=topic, deleted_at=None, hidden_at=None)
        .order_by("number")
        .values_list("html", "author_id", "author__display_name")
    )
    text = "\n".join(_words(html) for html, _author, _name in posts)
    if kind.search_words is not None:
        text = f"{kind.search_words(topic)}\n{text}"
    return Document(
        title=topic.title,
        text=with_tags(text, topic.tag_names),
        url=topic.get_absolute_url(),
        updated_at=topic.last_posted_at,
        visibility=topic.visibility,
        organization_id=topic.organization_id,
        language=topic.language,
        names=_names(kind, topic, posts),
        is_solved=topic.is_solved,
        votes=topic.reaction_count,
    )


def _names(
    kind: TopicKind, topic: Topic, posts: Iterable[tuple[str, int | None, str | None]]
) -> tuple[str, ...]:
    """Return who wrote the posts.

    A kind with a byline of its own says itself who is named there: whoever told it, perhaps without
    a name, is found in no other way, whatever else they wrote below it.
    """
    tellers = set(kind.authors_of(topic.pk)) if kind.authors_of else set[int | None]()
    named = (name for _html, author, name in posts if name and author not in tellers)
    return tuple(dict.fromkeys(named))


def queue_topics_of(user: User) -> None:
    """Have everything a person wrote in indexed anew: their name is among its words."""
    topics = Topic.objects.filter(posts__author=user).distinct().values_list("kind", "pk")
    queue_documents(list(topics))


def _article(pk: int) -> Document | None:
    article = Article.objects.filter(status=Article.Status.PUBLISHED, pk=pk).first()
    if article is None:
        return None
    return Document(
        title=article.title,
        text=with_tags(_words(article.html), article.tag_names),
        url=article.get_absolute_url(),
        updated_at=article.updated_at,
        visibility=article.visibility,
        organization_id=article.organization_id,
        language=article.language,
    )


def _visible_topics(user: Any, ids: Collection[int]) -> Collection[int]:
    return set(Topic.objects.listed_for(user).filter(pk__in=ids).values_list("pk", flat=True))


def _visible_articles(user: Any, ids: Collection[int]) -> Collection[int]:
    return set(Article.objects.listed_for(user).filter(pk__in=ids).values_list("pk", flat=True))


def _ids(kind: TopicKind) -> Iterable[int]:
    return (
        Topic.objects.listed()
        .filter(kind=kind.value)
        .order_by("pk")
        .values_list("pk", flat=True)
        .iterator()
    )


def _located(kind: TopicKind, event: Event) -> int | None:
    """The topic a fact is about, when it is of this kind."""
    return event.payload.get("topic_id") if event.payload.get("kind") == kind.value else None


def topic_source(kind: TopicKind) -> Source:
    """Return how the topics of a kind are found."""
    posted = (kind.writing.posted.event_name,) if kind.writing else ()
    return Source(
        kind=kind.value,
        label=kind.plural,
        order=kind.order,
        events=(*posted, *TOPIC_EVENTS, *kind.events),
        visible=_visible_topics,
        document=partial(_topic, kind),
        locate=partial(_located, kind),
        ids=partial(_ids, kind),
    )


def register() -> None:
    """Add the kinds of topics, and articles."""
    for kind in topic_kinds.all_kinds():
        register_source(topic_source(kind))
    register_source(
        Source(
            kind="article",
            label=_("Know-how"),
            order=30,
            visible=_visible_articles,
            document=_article,
            events=("community.article.published", "community.article.archived"),
            ids=lambda: (
                Article.objects.filter(status=Article.Status.PUBLISHED)
                .values_list("pk", flat=True)
                .iterator()
            ),
        )
    )

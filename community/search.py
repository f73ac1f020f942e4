"""Search sources of the community: topics with all their posts (stories among them), and published
articles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from community.models import Article, Post, Topic
from community.selectors.stories import byline_of, of_page
from portal.events.models import Event
from portal.search.registry import Document, Source, locate, register_source

TEXT_LENGTH = 60_000
TOPIC_EVENTS = (
    "community.question.posted",
    "community.discussion.posted",
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


def _topic(kind: str, pk: int) -> Document | None:
    topic = Topic.objects.listed().filter(kind=kind, pk=pk).first()
    if topic is None:
        return None
    posts = Post.objects.filter(topic=topic, deleted_at=None, hidden_at=None).order_by("number")
    text = "\n".join(_words(html) for html in posts.values_list("html", flat=True))
    if topic.is_story:
        text = f"{_told(topic)}\n{text}"
    return Document(
        title=topic.title,
        text=with_tags(text, topic.tag_names),
        url=topic.get_absolute_url(),
        updated_at=topic.last_posted_at,
        visibility=topic.visibility,
        organization_id=topic.organization_id,
        language=topic.language,
    )


def _told(topic: Topic) -> str:
    """Return the name a story is published under and its figures: terms that stories are searched
    by.
    """
    story = of_page(topic)
    with override(topic.language):
        return " ".join((byline_of(story), *(row.what for row in story.results.all())))


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


def _ids(kind: str) -> Iterable[int]:
    return (
        Topic.objects.listed()
        .filter(kind=kind)
        .order_by("pk")
        .values_list("pk", flat=True)
        .iterator()
    )


def _located(kind: str, event: Event) -> int | None:
    """The topic a fact is about, when it is of this kind."""
    return locate(kind, event) if event.payload.get("kind", kind) == kind else None


def register() -> None:
    """Add the four sources."""
    register_source(
        Source(
            kind="question",
            label=_("Questions"),
            order=10,
            events=TOPIC_EVENTS,
            visible=_visible_topics,
            document=lambda pk: _topic("question", pk),
            locate=lambda event: _located("question", event),
            ids=lambda: _ids("question"),
        )
    )
    register_source(
        Source(
            kind="discussion",
            label=_("Discussions"),
            order=20,
            events=TOPIC_EVENTS,
            visible=_visible_topics,
            document=lambda pk: _topic("discussion", pk),
            locate=lambda event: _located("discussion", event),
            ids=lambda: _ids("discussion"),
        )
    )
    register_source(
        Source(
            kind="story",
            label=_("Success stories"),
            order=25,
            events=(*TOPIC_EVENTS, "community.story.published", "community.story.withdrawn"),
            visible=_visible_topics,
            document=lambda pk: _topic("story", pk),
            locate=lambda event: (
                event.payload.get("topic_id") if event.payload.get("kind") == "story" else None
            ),
            ids=lambda: _ids("story"),
        )
    )
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

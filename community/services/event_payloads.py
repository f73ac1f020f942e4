"""Event payload builders: the fields shared by all events about a topic or a post."""

from __future__ import annotations

from typing import Any

from community.models import Article, Post, Story, Topic
from community.topic_kinds import STORY
from portal.events.models import Event


def subject_of(topic: Topic) -> str:
    return f"community.topic:{topic.pk}"


def topic_of(event: Event) -> str:
    """Return the topic a fact is about as subjects name it, or the fact's own subject."""
    topic = event.payload.get("topic_id")
    return f"community.topic:{topic}" if topic else event.subject


def of_topic(topic: Topic, *, url: str = "") -> dict[str, Any]:
    return {
        "title": topic.title,
        "url": url or topic.get_absolute_url(),
        "topic_id": topic.pk,
        "author_id": topic.author_id,
        "asker_id": topic.author_id,
        "kind": topic.kind,
        "visibility": topic.visibility,
    }


def of_post(topic: Topic, post: Post) -> dict[str, Any]:
    url = (
        topic.get_absolute_url()
        if post.number == 1
        else f"{topic.get_absolute_url()}#{post.anchor}"
    )
    return of_topic(topic, url=url) | {
        "author_id": post.author_id,
        "post_id": post.pk,
        "number": post.number,
    }


def of_article(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "url": article.get_absolute_url(),
        "article_id": article.pk,
        "author_id": article.author_id,
        "visibility": article.visibility,
    }


def of_story(story: Story, topic: Topic | None = None) -> dict[str, Any]:
    """`topic` is its page, where readers have one; without it the address is the writer's."""
    return {
        "title": story.title,
        "url": (topic or story).get_absolute_url(),
        "story_id": story.pk,
        "topic_id": topic.pk if topic else None,
        "author_id": story.author_id,
        "kind": STORY.value,
        "visibility": topic.visibility if topic else "",
    }


def story_subject(story: Story) -> str:
    """Its page once it has had one, so that whoever follows the topic follows the story."""
    return f"community.topic:{story.topic_id}" if story.topic_id else f"community.story:{story.pk}"

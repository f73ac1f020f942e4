"""The topic of a story: created on publication, deleted when consent is withdrawn, restored with a
new one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from community.models import Follow, Post, ReadState, Space, Story, StoryConsent, Topic
from community.models.spaces import stricter
from community.rules.text import guess_language
from community.topic_kinds import STORY
from portal.accounts.models import User
from portal.core.db.inserts import insert
from portal.core.text import markdown


def text_of(story: Story) -> str:
    """Return the whole story as Markdown, its headings in the language it is written in."""
    with override(language_of(story)):
        return (
            f"## {_('The problem')}\n\n{story.problem}\n\n## "
            f"{_('What we did')}\n\n{story.action}\n\n"
            f"## {_('The result')}\n\n{story.outcome}\n"
        )


def language_of(story: Story) -> str:
    return guess_language(f"{story.title}\n{story.problem}\n{story.action}\n{story.outcome}")


def show_page(story: Story, consent: StoryConsent, now: datetime) -> Topic:
    """Make the story's topic, or bring it back as it is now agreed to.

    Without names nobody is its author.
    """
    named = consent.naming == StoryConsent.Naming.COMPANY
    text, language = text_of(story), language_of(story)
    html = markdown.render(text).html
    story.summary = markdown.excerpt(markdown.render(story.outcome).text, 160)
    author, company = (story.author, story.organization) if named else (None, None)
    shown: dict[str, Any] = {
        "title": story.title,
        "language": language,
        "space": story.space,
        "consent": consent,
        "author": author,
        "author_organization": company,
        "visibility": stricter(story.space.visibility, consent.audience),
    }
    written: dict[str, Any] = {
        "author": author,
        "author_organization": company,
        "markdown": text,
        "html": html,
        "language": language,
    }
    if story.topic_id is not None:
        Topic.objects.filter(pk=story.topic_id).update(
            **shown, deleted_at=None, deleted_by=None, version=F("version") + 1
        )
        Post.objects.filter(topic=story.topic_id, number=1).update(
            **written, deleted_at=None, deleted_by=None
        )
        return Topic.objects.get(pk=story.topic_id)
    topic = Topic(
        kind=STORY.value,
        **shown,
        last_number=1,
        created_at=now,
        last_posted_at=now,
        follower_count=1,
        is_sample=story.is_sample,
    )
    insert(topic)
    insert(Post(topic=topic, number=1, kind=Post.Kind.BODY, created_at=now, **written))
    Space.objects.filter(pk=story.space_id).update(topic_count=F("topic_count") + 1)
    insert(Follow(user=story.author, topic=topic, created_at=now))
    insert(ReadState(user=story.author, topic=topic, last_read_number=1, read_at=now))
    return topic


def hide_page(story: Story, actor: User, now: datetime) -> bool:
    """Take the page away with its consent; False when there is none to take away."""
    gone = Topic.objects.filter(pk=story.topic_id or 0, deleted_at=None).update(
        deleted_at=now, deleted_by=actor, consent=None, version=F("version") + 1
    )
    Post.objects.filter(topic=story.topic_id or 0, number=1).update(
        deleted_at=now, deleted_by=actor
    )
    return bool(gone)

"""Structured data of public pages for search engines: JSON-LD in schema.org terms."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from community.models import Post, Topic
from community.selectors.posts import Conversation
from portal.core.fragment_cache import fragments


def plain(post: Post) -> str:
    """The beginning of a post without its tags.

    Cached, since taking tags off costs more than the rest of the description.
    """
    key = ("plain text", post.pk)
    return fragments.get_or_make(key, (post.html,), lambda: (_without_tags(post.html),))[0]


def _without_tags(html: str) -> str:
    return " ".join(strip_tags(html).split())[:600]


def json_ld(request: HttpRequest, topic: Topic, talk: Conversation) -> str:
    """Describe a public topic to search engines (schema.org QAPage / DiscussionForumPosting)."""

    def person(post: Any) -> dict[str, str]:
        return {
            "@type": "Person",
            "name": post.author.display_name if post.author else _("Former member"),
        }

    def answer(item: Any) -> dict[str, Any]:
        return {
            "@type": "Answer",
            "text": plain(item.post),
            "upvoteCount": item.post.score,
            "dateCreated": item.post.created_at.isoformat(),
            "author": person(item.post),
            "url": request.build_absolute_uri(f"{topic.get_absolute_url()}#{item.post.anchor}"),
        }

    about: dict[str, Any] = {
        "@type": "Question" if topic.is_question else "DiscussionForumPosting",
        "name" if topic.is_question else "headline": topic.title,
        "text": plain(talk.body.post),
        "dateCreated": topic.created_at.isoformat(),
        "author": person(talk.body.post),
        "inLanguage": topic.language,
    }
    if topic.is_question:
        about |= {"answerCount": topic.answer_count, "upvoteCount": talk.body.post.score}
        if talk.accepted:
            about["acceptedAnswer"] = answer(talk.accepted)
        about["suggestedAnswer"] = [answer(item) for item in talk.answers[:5]]
        page: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "QAPage",
            "mainEntity": about,
        }
    else:
        page = {"@context": "https://schema.org", **about}
    return _written(page)


def story_json_ld(request: HttpRequest, topic: Topic, talk: Conversation, byline: str) -> str:
    """Describe a public story as an article by whom its author agreed to be named as (schema.org
    Article).
    """
    page = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": topic.title,
        "text": plain(talk.body.post),
        "datePublished": topic.created_at.isoformat(),
        "author": {"@type": "Organization", "name": byline},
        "inLanguage": topic.language,
        "url": request.build_absolute_uri(topic.get_absolute_url()),
    }
    return _written(page)


def _written(page: dict[str, Any]) -> str:
    return json.dumps(page, ensure_ascii=False).replace("<", "\\u003c")

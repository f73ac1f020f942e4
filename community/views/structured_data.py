"""Structured data of public pages for search engines: JSON-LD in schema.org terms."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from community.models import Post, Topic
from community.selectors.posts import Conversation
from portal.core.web.fragment_cache import fragments

Description = dict[str, Any]


def plain(post: Post) -> str:
    """The beginning of a post without its tags.

    Cached, since taking tags off costs more than the rest of the description.
    """
    key = ("plain text", post.pk)
    return fragments.get_or_make(key, (post.html,), lambda: (_without_tags(post.html),))[0]


def _without_tags(html: str) -> str:
    return " ".join(strip_tags(html).split())[:600]


def json_ld(request: HttpRequest, topic: Topic, talk: Conversation, byline: str = "") -> str:
    """Describe a public topic to search engines, as the type its kind names.

    `byline` is whom it is by where that is not its author.
    """
    about = SHAPES[topic.spec.schema_type](request, topic, talk, byline)
    page = {"@context": "https://schema.org", **about}
    return json.dumps(page, ensure_ascii=False).replace("<", "\\u003c")


def _person(post: Any) -> dict[str, str]:
    return {
        "@type": "Person",
        "name": post.author.display_name if post.author else _("Former member"),
    }


def _answer(request: HttpRequest, topic: Topic, item: Any) -> Description:
    return {
        "@type": "Answer",
        "text": plain(item.post),
        "upvoteCount": item.post.score,
        "dateCreated": item.post.created_at.isoformat(),
        "author": _person(item.post),
        "url": request.build_absolute_uri(f"{topic.get_absolute_url()}#{item.post.anchor}"),
    }


def _text(topic: Topic, talk: Conversation) -> Description:
    return {
        "text": plain(talk.body.post),
        "dateCreated": topic.created_at.isoformat(),
        "author": _person(talk.body.post),
        "inLanguage": topic.language,
    }


def _question(request: HttpRequest, topic: Topic, talk: Conversation, byline: str) -> Description:
    about = {"@type": "Question", "name": topic.title, **_text(topic, talk)}
    about |= {"answerCount": topic.answer_count, "upvoteCount": talk.body.post.score}
    if talk.accepted:
        about["acceptedAnswer"] = _answer(request, topic, talk.accepted)
    about["suggestedAnswer"] = [_answer(request, topic, item) for item in talk.answers[:5]]
    return {"@type": "QAPage", "mainEntity": about}


def _posting(request: HttpRequest, topic: Topic, talk: Conversation, byline: str) -> Description:
    return {"@type": "DiscussionForumPosting", "headline": topic.title, **_text(topic, talk)}


def _article(request: HttpRequest, topic: Topic, talk: Conversation, byline: str) -> Description:
    return {
        "@type": "Article",
        "headline": topic.title,
        "text": plain(talk.body.post),
        "datePublished": topic.created_at.isoformat(),
        "author": {"@type": "Organization", "name": byline},
        "inLanguage": topic.language,
        "url": request.build_absolute_uri(topic.get_absolute_url()),
    }


SHAPES = {"QAPage": _question, "DiscussionForumPosting": _posting, "Article": _article}

"""Posts of a topic page as cached fragments.

The key says which post, on which kind of page, with which of the reader's marks and rights; the
entry depends on everything shown: the text, the people's names, the counts, the age in words. The
form token and the form key are put into the parts each time.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from community.models import Post, Topic
from community.selectors.posts import Shown
from portal.core import time
from portal.core.db.ids import uuid7
from portal.core.templatetags.display import age_step
from portal.core.web.fragment_cache import Key, Values, fragments, join_parts, render_parts

TEMPLATE = "community/parts/post.html"


def _people(post: Post) -> Values:
    author, company = post.author, post.author_organization
    if author is None:
        return (post.by_staff,)
    picture = str(author.__dict__.get("avatar") or "")
    return (
        post.by_staff,
        author.pk,
        author.public_id,
        author.display_name,
        picture,
        author.company_visible,
        company and company.name,
    )


def _key(item: Shown) -> Key:
    """Which post this is, and what the reader may do with it and has marked."""
    return (
        item.post.pk,
        item.unread_starts,
        item.marks,
        item.can_edit,
        item.can_delete,
        item.can_react,
        item.can_accept,
        tuple(_key(comment) for comment in item.comments),
    )


def _shown(item: Shown, now: datetime) -> Values:
    """Everything the post shows that may change."""
    post = item.post
    return (
        post.topic_id,
        post.number,
        post.kind,
        post.html,
        post.language,
        post.edited_at,
        post.hidden_at,
        post.hidden_reason,
        post.up_count,
        post.reactions,
        item.accepted,
        age_step(post.created_at, now),
        _people(post),
        tuple(_shown(comment, now) for comment in item.comments),
    )


def page_key(request: HttpRequest, topic: Topic, *, may_answer: bool) -> Key:
    """Return what all posts of one page have in common: the language, the address, the reader's
    clock, the topic.
    """
    return (
        get_language(),
        request.scheme,
        request.get_host(),
        request.user.is_authenticated,
        may_answer,
        timezone.get_current_timezone_name(),
        timezone.localtime(time.now()).year,
        topic.kind,
        topic.visibility,
        topic.accepted_at,
    )


def post_html(item: Shown, context: Context) -> SafeString:
    """Return a post with its comments as the reader of this page sees it."""
    own = {"csrf_token": lambda: str(context["csrf_token"]), "form_key": uuid7}
    values = {name: context[name] for name in ("request", "topic", "LANGUAGE_CODE", "may_answer")}
    values["item"] = item
    if context["refused_parent"] == item.post.pk:  # what this reader wrote is in it
        values |= {"refused_parent": item.post.pk, "form": context["form"]}
        return join_parts(render_parts(TEMPLATE, values, tuple(own)), own)
    render = partial(render_parts, TEMPLATE, values, tuple(own))
    key = (TEMPLATE, context["page_key"], _key(item))
    return join_parts(fragments.get_or_make(key, _shown(item, time.now()), render), own)

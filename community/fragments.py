"""HTML fragment cache: posts of a topic page and parts of lists, rendered once per state and kept
in the process.

A key covers everything a reader can see or do in a post: its state, names, the reader's reactions
and permissions, its age in words. What is personal (form token, form key) is filled in each time.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community.models import Post, Topic
from community.selectors.posts import Shown
from portal.core import time
from portal.core.db.ids import uuid7

KEPT_POSTS = 4096
# Random per process: no text of a member can pretend to be one.
_TOKEN, _FORM_KEY = (f"@{secrets.token_hex(12)}@" for _ in range(2))
Key = tuple[Any, ...]
_kept: OrderedDict[Key, str] = OrderedDict()


def _age(then: datetime, now: datetime) -> object:
    """What the words for an age depend on; see `look.relative`."""
    seconds = int((now - then).total_seconds())
    if seconds < 3600:
        return seconds // 60
    if seconds < 86400:
        return "h", seconds // 3600
    return ("d", seconds // 86400) if seconds < 7 * 86400 else "date"


def _people(post: Post) -> Key:
    author, company = post.author, post.author_organization
    if author is None:
        return (post.by_staff,)
    picture = str(author.__dict__.get("avatar") or "")
    return (
        post.by_staff,
        author.pk,
        author.display_name,
        picture,
        author.company_visible,
        company and company.name,
    )


def _key(item: Shown, now: datetime) -> Key:
    post = item.post
    return (
        post.pk,
        hash(post.html),
        post.edited_at,
        post.hidden_at,
        post.hidden_reason,
        post.up_count,
        tuple(post.reactions.items()),
        _age(post.created_at, now),
        _people(post),
        item.accepted,
        item.unread_starts,
        item.marks,
        item.can_edit,
        item.can_delete,
        item.can_react,
        item.can_accept,
        tuple(_key(comment, now) for comment in item.comments),
    )


def page_key(request: HttpRequest, topic: Topic, *, may_answer: bool) -> Key:
    """Return what all posts of one page depend on: the language, the address, the reader's clock,
    the topic.
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
    if context["refused_parent"] == item.post.pk:
        return _rendered(item, context, context["csrf_token"])
    key = (context["page_key"], _key(item, time.now()))
    html = _kept.get(key)
    if html is None:
        item.fixed_form_key = _FORM_KEY
        html = _kept[key] = _rendered(item, context, _TOKEN)
        _let_go()
    if _TOKEN in html:
        html = html.replace(_TOKEN, str(context["csrf_token"]))
    if _FORM_KEY in html:
        html = html.replace(_FORM_KEY, str(uuid7()))
    return mark_safe(html)


def kept_part(template: str, key: Key, context: Callable[[], dict[str, Any]]) -> SafeString:
    """Return a part of a page that shows the same to everybody under this key, in each language."""
    whole = (template, get_language(), *key)
    html = _kept.get(whole)
    if html is None:
        html = _kept[whole] = render_to_string(template, context())
        _let_go()
    return mark_safe(html)


def filled_part(
    template: str, key: Key, context: dict[str, Any], filled: Mapping[str, Callable[[], object]]
) -> SafeString:
    """The same, with what is one reader's or one object's put into its places each time; `filled`
    gives it by name.
    """
    marks = {name: SafeString(f"{_TOKEN}{name}@") for name in filled}
    html = kept_part(template, key, lambda: context | marks)
    for name, mark in marks.items():
        if mark in html:
            html = SafeString(html.replace(mark, escape(filled[name]())))
    return html


def _let_go() -> None:
    while len(_kept) > KEPT_POSTS:
        _kept.popitem(last=False)


def _rendered(item: Shown, context: Context, token: object) -> SafeString:
    names = ("request", "topic", "LANGUAGE_CODE", "may_answer", "refused_parent", "form")
    values = {name: context[name] for name in names}
    template: Any = get_template("community/parts/post.html")
    return SafeString(
        template.template.render(Context({**values, "item": item, "csrf_token": token}))
    )


def forget() -> None:
    """Render every post anew."""
    _kept.clear()

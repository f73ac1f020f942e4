"""One topic, and actions on it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community import permissions, services
from community.cache.posts import page_key
from community.forms.topics import BODY_LENGTH, AnswerForm
from community.models import Post, Topic, Visibility
from community.selectors.posts import conversation
from community.selectors.topics import Gone, get_topic, related_to
from community.views.structured_data import json_ld
from portal.accounts.permissions import (
    MemberRequest,
    can_moderate,
    is_staff_member,
    member_required,
    moderator_required,
    public,
)
from portal.core import time
from portal.core.db.ids import uuid7
from portal.core.web.fragment_cache import cached_html
from portal.core.web.page_cache import cache_for_anonymous
from portal.core.web.panels import panels_for
from portal.core.web.ratelimit import limited


@public
@require_GET
@cache_for_anonymous
def topic(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A topic: its text, the accepted answer first, then the others, then a place to answer."""
    return show(request, kind, pk)


def show(
    request: HttpRequest,
    kind: str,
    pk: int,
    *,
    form: AnswerForm | None = None,
    parent: int = 0,
    status: int = 200,
) -> HttpResponse:
    """Render a topic page, with a refused form where there is one."""
    try:
        topic = get_topic(request.user, kind, pk)
    except Gone:
        return render(request, "410.html", status=410)
    start = request.GET.get("from", "")
    read_to = getattr(topic, "read_to", None)
    talk = conversation(
        topic,
        request.user,
        start=int(start) if start.isdecimal() and len(start) < 9 else 0,
        read_to=read_to,
    )
    may_answer = permissions.can_answer(request.user, topic)
    is_mine = request.user.is_authenticated and topic.author_id == request.user.pk
    context: dict[str, Any] = {
        "topic": topic,
        "talk": talk,
        "panels": panels_for("topic", request, f"community.topic:{topic.pk}")
        if is_mine or is_staff_member(request.user)
        else [],
        "page_key": page_key(request, topic, may_answer=may_answer),
        "related": related_to(topic, request.user),
        "form": form,
        "reply": _reply(request, topic, form, parent, may_answer=may_answer, is_mine=is_mine),
        "refused_parent": parent,
        "may_answer": may_answer,
        "may_moderate": can_moderate(request.user),
        "is_mine": is_mine,
        "tags": list(zip(topic.tags, topic.tag_names, strict=True)),
    }
    spec = topic.spec
    if spec.page_context is not None:
        context |= spec.page_context(request, topic)
    context["json_ld"] = (
        json_ld(request, topic, talk, context.get("byline", ""))
        if topic.visibility == Visibility.PUBLIC
        else ""
    )
    return render(request, spec.page_template, context, status=status)


def _reply(
    request: HttpRequest,
    topic: Topic,
    form: AnswerForm | None,
    parent: int,
    *,
    may_answer: bool,
    is_mine: bool,
) -> SafeString:
    """The place to answer: the same for everybody in the same position, unless a refused text is in
    it.
    """
    position = {
        "kind": topic.kind,
        "is_locked": topic.is_locked,
        "may_answer": may_answer,
        "is_mine": is_mine,
        "signed_in": request.user.is_authenticated,
    }
    own: dict[str, Callable[[], object]] = {
        "pk": lambda: topic.pk,
        "form_key": uuid7,
        "csrf_token": lambda: get_token(request),
        "here": lambda: quote(request.get_full_path()),
    }
    place = {"spec": topic.spec, **position}
    if form is None:
        return cached_html(
            "community/parts/reply.html",
            key=tuple(position.values()),
            depends_on=(),
            context=lambda: place,
            fill=own,
        )
    key = form["form_key"].value()
    context = {**place, "pk": topic.pk, "form": form, "form_key": key, "refused_parent": parent}
    return render_to_string("community/parts/reply.html", context, request)


@member_required
@require_POST
@limited("community.post", limit=20, seconds=300)
def answer(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """Post an answer, a reply, or with `parent` a comment."""
    now, user = time.now(), request.user
    parent_id = _number(request.POST.get("parent", ""))
    draft_key = f"comment:{parent_id}" if parent_id else f"answer:{pk}"
    written = {"body": request.POST.get("body", "")[:BODY_LENGTH]}
    keep = partial(services.save_draft, user=user, key=draft_key, data=written, now=now)
    try:
        topic = get_topic(user, kind, pk)
    except Gone:
        keep()
        return render(request, "410.html", status=410)
    if topic.is_locked and not permissions.can_answer(user, topic):
        keep()
        messages.error(
            request, _("This topic was closed while you wrote. Your text is kept as a draft.")
        )
        return show(request, topic.kind, pk, status=403)
    permissions.check_answer(user, topic)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, topic.kind, pk, form=form, parent=parent_id, status=422)
    sent = {"author": user, "draft_key": draft_key, "now": now, **form.cleaned_data}
    try:
        if parent_id:
            parent = topic.posts.select_related("parent").get(pk=parent_id, deleted_at=None)
            parent.topic = topic
            post = services.post_comment(parent=parent, **sent)
        else:
            post = services.post_answer(topic=topic, **sent)
    except Post.DoesNotExist:
        keep()
        messages.error(
            request, _("What you commented on was deleted meanwhile. Your text is kept as a draft.")
        )
        return redirect(topic)
    except services.TopicClosed:
        keep()
        messages.error(
            request, _("This topic was closed while you wrote. Your text is kept as a draft.")
        )
        return redirect(topic)
    if topic.last_number > 100:
        return redirect("community:post", pk=post.pk)
    return redirect(f"{topic.get_absolute_url()}#{post.anchor}")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@moderator_required
@require_POST
def lock(request: MemberRequest, pk: int) -> HttpResponse:
    """Close a topic for new answers, or open it again (`on`=0)."""
    topic = Topic.objects.visible_to(request.user).get(pk=pk)
    act = services.unlock_topic if request.POST.get("on") == "0" else services.lock_topic
    act(
        topic=topic,
        moderator=request.user,
        reason=request.POST.get("reason", "")[:300],
        now=time.now(),
    )
    return redirect(topic)

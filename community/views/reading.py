"""Views of a reader's own state: following, read position, drafts."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import services, topic_kinds
from community.models import Draft, Tag, Topic
from community.selectors.drafts import described
from community.selectors.following import followed_tags, followed_topics
from portal.accounts.permissions import MemberRequest, member_required
from portal.core import time
from portal.core.web.ratelimit import limited

UNDO = "community.unread"
NUL_IN_JSON = re.compile(
    r"(?<!\\)(?:\\\\)*\\u0000"
)  # the character itself, not somebody writing about it
DRAFT_SIZE = 120_000


def _back(request: HttpRequest, default: str) -> HttpResponse:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if safe and wanted.startswith("/") else default)


@member_required
@require_POST
def follow(request: MemberRequest, pk: int) -> HttpResponse:
    """Follow a topic, or with `on`=0 unfollow it."""
    user: Any = request.user
    topic = get_object_or_404(Topic.objects.visible_to(user), pk=pk)
    following = request.POST.get("on") != "0"
    if following:
        services.follow_topic(user=user, topic=topic, now=time.now())
    else:
        services.unfollow_topic(user=user, topic=topic)
    if getattr(request, "htmx", False):
        topic.is_followed = following  # type: ignore[attr-defined]  # annotated
        return render(request, "community/parts/follow.html", {"topic": topic})
    return _back(request, topic.get_absolute_url())


@member_required
@require_POST
def follow_tag(request: MemberRequest, slug: str) -> HttpResponse:
    """Follow a tag to be notified of new questions, or with `on`=0 unfollow it."""
    user: Any = request.user
    tag = get_object_or_404(Tag, slug=slug)
    following = request.POST.get("on") != "0"
    if following:
        services.follow_tag(user=user, tag=tag, now=time.now())
    else:
        services.unfollow_tag(user=user, tag=tag)
    if getattr(request, "htmx", False):
        return render(
            request, "community/parts/follow_tag.html", {"tag": slug, "is_followed": following}
        )
    return _back(request, f"{reverse('community:questions')}?tag={slug}")


@member_required
@require_GET
def following(request: MemberRequest) -> HttpResponse:
    """Everything the user follows: tags, and topics by newest post, each with a way to unfollow."""
    context = {
        "tags": followed_tags(request.user),
        "topics": followed_topics(request.user),
    }
    return render(request, "community/following.html", context)


@member_required
@require_POST
def read(request: MemberRequest, pk: int) -> HttpResponse:
    """The page reports how far the reader has scrolled through the topic."""
    user: Any = request.user
    topic = get_object_or_404(Topic.objects.visible_to(user), pk=pk)
    number = request.POST.get("number", "")
    if number.isdecimal() and len(number) < 9:
        services.mark_read(user=user, topic=topic, number=int(number), now=time.now())
    return HttpResponse(status=204)


@member_required
@require_POST
def read_all(request: MemberRequest, kind: str) -> HttpResponse:
    """Mark every topic of a kind as read; the message offers to take it back."""
    user: Any = request.user
    spec = topic_kinds.get(kind)
    if spec.listing is None:
        raise Http404
    states = services.mark_all_read(user=user, kind=kind, now=time.now())
    request.session[UNDO] = states[:2000]
    messages.success(
        request, _("All marked as read."), extra_tags=f"undo:{reverse('community:unread_again')}"
    )
    return _back(request, spec.list_url)


@member_required
@require_POST
def unread_again(request: MemberRequest) -> HttpResponse:
    """Take "mark all read" back."""
    user: Any = request.user
    services.put_back_unread(
        user=user, states=[(pk, number) for pk, number in request.session.pop(UNDO, [])]
    )
    return _back(request, reverse("community:questions"))


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.draft", limit=120, seconds=60)
def drafts(request: MemberRequest) -> HttpResponse:
    """GET lists the user's drafts (`?key=` returns one as JSON, or null); POST stores one: `key`
    and `data`.
    """
    user: Any = request.user
    if request.method == "POST":
        return _keep(request)
    key = request.GET.get("key")
    if key is not None:
        draft = Draft.objects.filter(user=user, key=key, discarded_at=None).first()
        return JsonResponse({"draft": draft and _told(draft)})
    rows = Draft.objects.filter(user=user, discarded_at=None).order_by("-saved_at")[:100]
    return render(request, "community/drafts.html", {"drafts": described(rows, user)})


def _told(draft: Draft) -> dict[str, Any]:
    return {"key": draft.key, "data": draft.data, "saved_at": draft.saved_at.isoformat()}


def _keep(request: HttpRequest) -> HttpResponse:
    """Keep what a form says; an emptied form throws its draft away, and the answer says how to take
    that back.
    """
    user: Any = request.user
    try:
        sent = json.loads(request.body) if request.content_type == "application/json" else None
        data = sent["data"] if sent else json.loads(request.POST.get("data", ""))
        key = str((sent or request.POST)["key"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "key and data are needed"}, status=400)
    size = len(json.dumps(data, ensure_ascii=False))
    unstorable = "\x00" in key or NUL_IN_JSON.search(json.dumps(data)) is not None
    if not isinstance(data, dict) or not key or len(key) > 80 or size > DRAFT_SIZE or unstorable:
        return JsonResponse({"error": "this cannot be kept"}, status=400)
    if not data:
        kept = Draft.objects.filter(user=user, key=key, discarded_at=None).first()
        if kept is not None:
            services.discard_draft(draft=kept, now=time.now())
        return JsonResponse(
            {"key": key, "undo": reverse("community:restore_draft", args=[kept.pk]) if kept else ""}
        )
    draft = services.save_draft(
        user=user, key=key, data={str(k): v for k, v in data.items()}, now=time.now()
    )
    return JsonResponse({"key": draft.key, "saved_at": draft.saved_at.isoformat()})


@member_required
@require_POST
def discard_draft(request: MemberRequest, pk: int) -> HttpResponse:
    """Throw a draft away; the message offers to take it back."""
    draft = get_object_or_404(Draft, user=request.user, pk=pk)
    services.discard_draft(draft=draft, now=time.now())
    undo = reverse("community:restore_draft", args=[pk])
    messages.success(request, _("Draft thrown away."), extra_tags=f"undo:{undo}")
    return redirect("community:drafts")


@member_required
@require_POST
def restore_draft(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a thrown-away draft back."""
    services.restore_draft(draft=get_object_or_404(Draft, user=request.user, pk=pk))
    return redirect("community:drafts")

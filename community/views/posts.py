"""One post: permalink, revisions, editing, deleting, reactions, reports, accepting."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import permissions, services
from community.forms.topics import EditForm, EditTopicForm, FlagForm
from community.models import Post, Reaction
from community.permissions import Anyone, check
from community.rules.text import difference
from community.selectors.posts import Shown, page_start
from portal.accounts.permissions import MemberRequest, member_required, public
from portal.core import time
from portal.core.web.ratelimit import limited

UNDELETED = "community.undeleted"


def _get(user: Anyone, pk: int) -> Post:
    rows = Post.objects.visible_to(user).select_related("topic", "topic__space", "author", "parent")
    return get_object_or_404(rows, pk=pk)


@public
@require_GET
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """The permalink of a post: the right page of its topic, at the post.

    Deleted ones answer 410.
    """
    row = get_object_or_404(Post.objects.select_related("topic", "parent"), pk=pk)
    if not permissions.can_reach(request.user, row.topic):
        raise Http404
    if row.deleted_at is not None or row.topic.deleted_at is not None:
        return render(request, "410.html", status=410)
    row = _get(request.user, pk)
    start = page_start(row)
    page = f"?from={start}" if start else ""
    return redirect(f"{row.topic.get_absolute_url()}{page}#{row.anchor}")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.edit", limit=60, seconds=600)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Write a new version of a post."""
    row = _get(request.user, pk)
    permissions.check_edit(request.user, row)
    first = row.kind == Post.Kind.BODY
    kind: Any = EditTopicForm if first else EditForm
    begun = {"body": row.markdown, "title": row.topic.title, "tags": ", ".join(row.topic.tag_names)}
    form = kind(request.POST) if request.method == "POST" else kind(initial=begun)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.edit_post(
            post=row,
            editor=request.user,
            body=data["body"],
            title=data.get("title"),
            tags=data.get("tags"),
            reason=data["reason"],
            now=time.now(),
        )
        services.forget_draft(user=request.user, key=f"edit:{pk}")
        return redirect("community:post", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "community/edit.html",
        {"post": row, "topic": row.topic, "form": form},
        status=status,
    )


@public
@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version of a post with what changed, newest first."""
    row = _get(request.user, pk)
    revisions = list(row.revisions.select_related("editor").order_by("number"))
    steps: list[dict[str, Any]] = [
        {
            "revision": after,
            "changes": difference(before.markdown, after.markdown),
            "title_before": before.title if before.title != after.title else "",
        }
        for before, after in pairwise(revisions)
    ]
    context = {
        "post": row,
        "topic": row.topic,
        "steps": steps[::-1],
        "first": revisions[0] if revisions else None,
    }
    return render(request, "community/history.html", context)


@member_required
@require_POST
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Delete a post; the message offers to take it back."""
    row = _get(request.user, pk)
    permissions.check_delete(request.user, row)
    if (
        row.topic.accepted_post_id == row.pk and row.topic.accepted_at is not None
    ):  # for whoever takes it back
        request.session[f"{UNDELETED}:{pk}"] = [
            row.topic.accepted_at.isoformat(),
            row.topic.accepted_by_id,
        ]
    services.delete_post(
        post=row,
        actor=request.user,
        reason=request.POST.get("reason", "")[:300],
        now=time.now(),
    )
    messages.success(
        request, _("Deleted."), extra_tags=f"undo:{reverse('community:restore', args=[pk])}"
    )
    return redirect(
        row.topic.list_url if row.kind == Post.Kind.BODY else row.topic.get_absolute_url()
    )


@member_required
@require_POST
def restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a deletion back."""
    row = get_object_or_404(Post.objects.select_related("topic", "parent"), pk=pk)
    check(permissions.can_reach(request.user, row.topic))
    if row.deleted_at is not None:
        check(permissions.can_undelete(request.user, row))
        at, by = request.session.pop(f"{UNDELETED}:{pk}", (None, None))
        accepted = services.Accepted(datetime.fromisoformat(at), by) if at else None
        services.restore_post(post=row, actor=request.user, now=time.now(), accepted=accepted)
        messages.success(request, _("It is back."))
    return redirect("community:post", pk=pk)


@member_required
@require_POST
@limited("community.react", limit=120, seconds=60)
def react(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Set or take off a mark. `on` says which; without it the mark turns."""
    if kind not in (Reaction.Kind.UP, Reaction.Kind.SAME):
        return HttpResponse(status=404)
    user: Any = request.user
    row = _get(user, pk)
    permissions.check_react(user, row)
    is_set = row.marks.filter(user=user, kind=kind).exists()
    wanted = {"1": True, "0": False}.get(request.POST.get("on", ""), not is_set)
    act = services.react if wanted else services.unreact
    act(post=row, user=request.user, kind=kind, now=time.now())
    if not getattr(request, "htmx", False):
        return redirect("community:post", pk=pk)
    row.refresh_from_db(fields=["up_count", "down_count", "reactions"])
    item = Shown(row, marks=frozenset({kind} if wanted else ()), can_react=True)
    return render(request, f"community/parts/mark_{kind}.html", {"item": item})


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.flag", limit=10, seconds=600)
def flag(request: MemberRequest, pk: int) -> HttpResponse:
    """Report a post to the moderators."""
    row = _get(request.user, pk)
    permissions.check_flag(request.user, row)
    form = FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.flag_post(
            post=row,
            reporter=request.user,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            now=time.now(),
        )
        messages.success(request, _("Thank you. A moderator will look at it."))
        return redirect("community:post", pk=pk)
    status = 422 if request.method == "POST" else 200
    part = (
        "community/parts/flag_dialog.html"
        if getattr(request, "htmx", False)
        else "community/flag.html"
    )
    return render(request, part, {"post": row, "topic": row.topic, "form": form}, status=status)


@member_required
@require_POST
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Say that an answer solved the question (`on`=0 takes it back)."""
    row = _get(request.user, pk)
    permissions.check_accept(request.user, row.topic)
    check(row.kind == Post.Kind.ANSWER)
    url = reverse("community:accept", args=[pk])
    if request.POST.get("on") == "0":
        if row.topic.accepted_post_id == row.pk:
            services.unaccept_answer(topic=row.topic, actor=request.user, now=time.now())
            messages.success(request, _("The question is open again."), extra_tags=f"undo:{url}")
    elif services.accept_answer(post=row, actor=request.user, now=time.now()):
        messages.success(request, _("Solved. The author of the answer is notified."))
    return redirect(row.topic)

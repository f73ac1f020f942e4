"""The moderators' page: a queue with one item open, a decision with a reason, a log with undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community import services
from community.forms.topics import VerdictForm
from community.models import ModerationAct, Post
from community.selectors import moderation as selectors
from community.selectors import stories
from portal.accounts.permissions import MemberRequest, moderator_required
from portal.core import time


def _page(
    request: HttpRequest,
    item: Post | None,
    form: VerdictForm | None = None,
    status: int = 200,
    refused: str = "",
) -> HttpResponse:
    queue = list(selectors.waiting()[:100])
    if item is None and queue:
        item = queue[0]
    shown = next((row for row in queue if item is not None and row.pk == item.pk), item)
    flags = getattr(shown, "open_flags", [])
    accuracy = selectors.accuracy_of([flag.reporter_id for flag in flags if flag.reporter_id])
    for flag in flags:
        flag.upheld, flag.judged = accuracy.get(flag.reporter_id, (0, 0))
    holder = next((flag.claimed_by for flag in flags if flag.claimed_by_id), None)
    acts = list(selectors.log().filter(post=shown)[:10]) if shown else []
    context: dict[str, Any] = {
        "queue": queue,
        "item": shown,
        "flags": flags,
        "holder": holder if holder and holder.pk != request.user.pk else None,
        "form": form or VerdictForm(),
        "acts": acts,
        "seen": acts[0].pk if acts else 0,
        "refused": refused,
        "oldest": queue[0] if queue else None,
        "stories_waiting": stories.waiting_count(request.user),
    }
    return render(request, "community/moderation.html", context, status=status)


@moderator_required
@require_GET
def queue(request: MemberRequest) -> HttpResponse:
    """Reported posts; the longest waiting one is open."""
    return _page(request, None)


@moderator_required
@require_GET
def item(request: MemberRequest, pk: int) -> HttpResponse:
    """One reported post."""
    return _page(
        request,
        get_object_or_404(Post.objects.select_related("topic", "author"), pk=pk, deleted_at=None),
    )


@moderator_required
@require_POST
def claim(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a post into work, so that colleagues see it."""
    row = get_object_or_404(Post, pk=pk)
    holder = services.claim_post(post=row, moderator=request.user, now=time.now())
    if holder is not None and holder.pk != request.user.pk:
        messages.info(request, _("%(name)s is working on it.") % {"name": holder.display_name})
    return redirect("community:moderation_item", pk=pk)


@moderator_required
@require_POST
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """Hide, keep or show again, with a reason."""
    moderator: Any = request.user
    row = get_object_or_404(Post.objects.select_related("topic", "author"), pk=pk)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    act = {"hide": services.hide_post, "keep": services.keep_post, "show": services.show_post}[
        form.cleaned_data["verdict"]
    ]
    try:
        done = act(
            post=row,
            moderator=moderator,
            reason=form.cleaned_data["reason"].strip(),
            seen=form.cleaned_data["seen"],
            now=time.now(),
        )
    except services.AlreadyDecided as error:
        return _refused(request, row, form, _who_decided(error.act))
    except services.HeldByAnother as error:
        held = _("%(name)s is working on it. Nothing was changed.")
        return _refused(request, row, form, held % {"name": error.holder.display_name})
    words = {
        "hide": _("Hidden. The author is notified of the reason."),
        "keep": _("Kept."),
        "show": _("Shown again."),
    }
    undo = reverse("community:undo_act", args=[done.pk])
    messages.success(request, words[form.cleaned_data["verdict"]], extra_tags=f"undo:{undo}")
    return redirect("community:moderation")


def _refused(request: HttpRequest, row: Post, form: VerdictForm, why: str) -> HttpResponse:
    """Show the post as it is now, what was written, and who was faster."""
    row.refresh_from_db()
    return _page(request, row, form, status=409, refused=why)


def _who_decided(act: ModerationAct | None) -> str:
    if act is None or act.moderator is None:
        return _("A colleague was faster. Nothing was changed.")
    return _("%(name)s was faster: %(verdict)s. Nothing was changed.") % {
        "name": act.moderator.display_name,
        "verdict": act.get_verdict_display(),
    }


@moderator_required
@require_POST
def undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a decision back."""
    act = get_object_or_404(ModerationAct.objects.select_related("post"), pk=pk)
    try:
        undone = services.undo_act(act=act, moderator=request.user, now=time.now())
    except services.AlreadyDecided:
        messages.info(request, _("The post was deleted meanwhile. Nothing was changed."))
        return redirect("community:moderation")
    if undone:
        messages.success(request, _("Taken back. The report is open again."))
    else:
        messages.info(request, _("A colleague was faster. Nothing was changed."))
    return redirect("community:moderation_item", pk=act.post_id)


@moderator_required
@require_GET
def log(request: MemberRequest) -> HttpResponse:
    """What was decided, by whom and why."""
    return render(request, "community/moderation_log.html", {"acts": selectors.log()[:200]})

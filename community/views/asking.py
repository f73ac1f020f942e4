"""The common form of a new topic: title, what others asked already, text, place, tags."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import permissions, services, topic_kinds
from community.forms.topics import BODY_LENGTH, TopicForm
from community.selectors import spaces
from community.selectors.people import mentionable
from community.selectors.similar import similar_questions
from community.topic_kinds import TopicKind
from portal.accounts.permissions import MemberRequest, member_required
from portal.core import time
from portal.core.text import markdown
from portal.core.web.ratelimit import limited


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.topic", limit=10, seconds=600)
def write(request: MemberRequest, kind: str) -> HttpResponse:
    """Ask a question, open a discussion: write a topic of a kind."""
    spec = topic_kinds.get(kind)
    permissions.check(permissions.can_post(request.user, spec))
    assert spec.writing is not None  # its URL is made of it
    if spaces.is_empty():
        services.first_space()
    if request.method != "POST":
        begun = {
            "title": request.GET.get("title", "")[:120],
            "visibility": "public",
            "tags": request.GET.get("tags", "")[:160],
        }
        chosen = next(
            (
                row.pk
                for row in spaces.spaces_for(request.user)
                if row.slug == request.GET.get("space")
            ),
            None,
        )
        initial = begun | {"space": chosen}
        return _page(request, spec, TopicForm(kind=spec, user=request.user, initial=initial))
    form = TopicForm(request.POST, kind=spec, user=request.user)
    if not form.is_valid():
        return _page(request, spec, form, status=422)
    data = form.cleaned_data
    topic = services.post_topic(
        kind=kind,
        author=request.user,
        space=form.chosen_space,
        title=data["title"],
        body=data["body"],
        tags=data["tags"],
        visibility=data["visibility"],
        form_key=data["form_key"],
        draft_key=f"topic:{kind}",
        now=time.now(),
    )
    messages.success(request, str(spec.writing.thanks))
    return redirect(topic)


def _page(
    request: HttpRequest, spec: TopicKind, form: TopicForm, status: int = 200
) -> HttpResponse:
    return render(request, "community/ask.html", {"spec": spec, "form": form}, status=status)


@member_required
@require_GET
def similar(request: MemberRequest) -> HttpResponse:
    """What others asked already, while a title is typed; at most five, solved ones marked."""
    title = request.GET.get("title", "").strip()[:120]
    found = similar_questions(title, request.user) if len(title) >= 2 else []
    return render(request, "community/parts/similar.html", {"topics": found})


@member_required
@require_GET
@limited("community.people", limit=120, seconds=60)
def people(request: MemberRequest) -> HttpResponse:
    """Whom a begun mention may mean, for the list under a text."""
    found = mentionable(request.GET.get("q", "")[:60], request.user)
    return JsonResponse({"people": [asdict(person) for person in found]})


@member_required
@require_POST
@limited("community.preview", limit=60, seconds=60)
def preview(request: MemberRequest) -> HttpResponse:
    """Show what a text will look like, by the renderer that publishes it."""
    return HttpResponse(markdown.render(request.POST.get("body", "")[:BODY_LENGTH]).html)

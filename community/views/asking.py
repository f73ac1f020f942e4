"""Asking a question or starting a discussion: title, similar questions, text, space, tags."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import services
from community.forms.topics import BODY_LENGTH, TopicForm
from community.models import Topic
from community.selectors import spaces
from community.selectors.people import MentionReader, mentionable
from community.selectors.similar import similar_questions
from community.views.mentions import warn_of_unclear
from portal.accounts.permissions import actor_of, member_required
from portal.core import time
from portal.core.text import markdown
from portal.core.web.ratelimit import limited


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.topic", limit=10, seconds=600)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a question."""
    return _write(request, Topic.Kind.QUESTION)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.topic", limit=10, seconds=600)
def start(request: HttpRequest) -> HttpResponse:
    """Open a discussion."""
    return _write(request, Topic.Kind.DISCUSSION)


def _write(request: HttpRequest, kind: Topic.Kind) -> HttpResponse:
    if spaces.is_empty():
        services.first_space()
        spaces.forget()
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
        return _page(request, kind, TopicForm(user=request.user, initial=begun | {"space": chosen}))
    form = TopicForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, kind, form, status=422)
    data = form.cleaned_data
    topic = services.post_topic(
        kind=kind,
        author=request.user,  # type: ignore[arg-type]
        space=form.chosen_space,
        title=data["title"],
        body=data["body"],
        tags=data["tags"],
        visibility=data["visibility"],
        form_key=data["form_key"],
        draft_key=f"topic:{kind}",
        now=time.now(),
    )
    warn_of_unclear(request, topic.unclear_mentions)
    words = _("Your question is posted. We will let you know when somebody answers.")
    messages.success(
        request, words if kind == Topic.Kind.QUESTION else _("Your discussion is open.")
    )
    return redirect(topic)


def _page(
    request: HttpRequest, kind: Topic.Kind, form: TopicForm, status: int = 200
) -> HttpResponse:
    return render(request, "community/ask.html", {"kind": kind, "form": form}, status=status)


@member_required
@require_GET
def similar(request: HttpRequest) -> HttpResponse:
    """What others asked already, while a title is typed; at most five, solved ones marked."""
    title = request.GET.get("title", "").strip()[:120]
    found = similar_questions(title, request.user) if len(title) >= 2 else []
    return render(request, "community/parts/similar.html", {"topics": found})


@member_required
@require_GET
@limited("community.people", limit=120, seconds=60)
def people(request: HttpRequest) -> HttpResponse:
    """Whom a begun mention may mean, for the list under a text."""
    found = mentionable(request.GET.get("q", "")[:60], actor_of(request))
    return JsonResponse({"people": [asdict(person) for person in found]})


@member_required
@require_POST
@limited("community.preview", limit=60, seconds=60)
def preview(request: HttpRequest) -> HttpResponse:
    """Show what a text will look like, by the renderer that publishes it."""
    reader = MentionReader.anyone()
    rendered = markdown.render(
        request.POST.get("body", "")[:BODY_LENGTH], scope="preview", mentions=reader
    )
    context = {"html": mark_safe(rendered.html), "unclear": list(reader.unclear)}
    return render(request, "community/parts/preview.html", context)

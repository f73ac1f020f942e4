"""Success stories: the list, writing one, consenting, withdrawing.

A published story is shown as a topic (views/topics.py).
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import permissions, services
from community.forms.stories import ConsentForm, StoryForm, begun
from community.models import Story
from community.permissions import check
from community.rules import consent
from community.selectors import spaces
from community.selectors import stories as selectors
from community.services.story_pages import language_of, text_of
from portal.accounts.permissions import MemberRequest, is_member, member_required, public
from portal.core import time
from portal.core.db.pagination import page_by_key
from portal.core.text import markdown
from portal.core.web.page_cache import cache_for_anonymous
from portal.core.web.ratelimit import limited


@public
@require_GET
@cache_for_anonymous
def stories(request: HttpRequest) -> HttpResponse:
    """What customers achieved, with their figures; above it what the reader has written and not yet
    shown.
    """
    offered = spaces.spaces_for(request.user)
    space = next((row for row in offered if row.slug == request.GET.get("space")), None)
    page = page_by_key(
        selectors.listed(request.user, space=space),
        order=("-created_at", "-id"),
        cursor=request.GET.get("page"),
    )
    named = ((row.space.slug, row.space.name_ja, row.space.name_en) for row in page.items)
    if spaces.were_outdated(named):
        offered = spaces.spaces_for(request.user)
    selectors.name_rows(page.items)
    may_write = permissions.can_write_stories(request.user)
    context = {
        "topics": page.items,
        "page": page,
        "spaces": offered,
        "space": space,
        "may_write": may_write,
        "own": selectors.own(request.user) if may_write and is_member(request.user) else [],
        "colleagues": selectors.of_company(request.user)
        if may_write and is_member(request.user)
        else [],
    }
    return render(request, "community/stories.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.story", limit=20, seconds=600)
def new_story(request: MemberRequest) -> HttpResponse:
    """Begin a story."""
    author = request.user
    if not permissions.can_write_stories(author):
        messages.info(
            request, _("Stories are written by customers. Ask one who has something to share.")
        )
        return redirect("community:stories")
    if spaces.is_empty():
        services.first_space()
    form = StoryForm(request.POST or None, user=author)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        story = services.save_story(
            author=author,
            title=data["title"],
            problem=data["problem"],
            action=data["action"],
            outcome=data["outcome"],
            space=form.chosen_space,
            results=form.results,
            form_key=data["form_key"],
            draft_key="story:new",
            now=time.now(),
        )
        return redirect(story)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "community/story_edit.html",
        {"form": form, "draft_key": "story:new"},
        status=status,
    )


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("community.story", limit=60, seconds=600)
def edit_story(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Write a story anew, while neither staff nor readers have it."""
    author = request.user
    story = selectors.get_story(author, public_id)
    if not permissions.can_edit_story(author, story):
        messages.info(request, _("This story cannot be changed now. Take your consent back first."))
        return redirect(story)
    draft_key = f"story:{story.public_id}"
    form = StoryForm(request.POST or None, user=author, initial=begun(story))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.save_story(
                story=story,
                author=author,
                title=data["title"],
                problem=data["problem"],
                action=data["action"],
                outcome=data["outcome"],
                space=form.chosen_space,
                results=form.results,
                draft_key=draft_key,
                now=time.now(),
            )
        except services.StoryMoved:
            messages.error(
                request, _("You have submitted this story meanwhile. Nothing was changed.")
            )
        return redirect(story)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "story": story, "draft_key": draft_key}
    return render(request, "community/story_edit.html", context, status=status)


@member_required
@require_GET
def my_story(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """A story as readers will see it, where it stands, and the next step."""
    return _mine(request, selectors.get_story(request.user, public_id))


def _mine(
    request: HttpRequest, story: Story, form: ConsentForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "story": story,
        "html": markdown.render(text_of(story)).html,
        "language": language_of(story),
        "byline": selectors.byline_of(story),
        "may_edit": permissions.can_edit_story(request.user, story),
        "may_withdraw": permissions.can_withdraw_story(request.user, story),
        "form": form or ConsentForm(story=story),
        "fixed": consent.fixed_words(),
    }
    return render(request, "community/story_mine.html", context, status=status)


@member_required
@require_POST
@limited("community.story_submit", limit=20, seconds=600)
def submit_story(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Agree to what is shown to whom, and give the story to staff."""
    author = request.user
    story = selectors.get_story(author, public_id)
    check(story.author_id == author.pk)
    if not permissions.can_edit_story(author, story):
        return redirect(
            story
        )  # sent twice: staff have it already; or the author has left the company it is about
    form = ConsentForm(request.POST, story=story)
    if not form.is_valid():
        return _mine(request, story, form, status=422)
    data = form.cleaned_data
    try:
        services.submit_story(
            story=story,
            author=author,
            audience=data["audience"],
            naming=data["naming"],
            now=time.now(),
        )
    except services.StoryMoved:
        return redirect(story)
    messages.success(request, _("Submitted. We review it and let you know when it is published."))
    return redirect(story)


@member_required
@require_POST
def withdraw_story(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Take the consent back: from now on nobody reads it."""
    actor = request.user
    story = selectors.get_story(actor, public_id)
    check(permissions.can_withdraw_story(actor, story) or not story.is_out)
    if services.withdraw_story(story=story, actor=actor, now=time.now()):
        messages.success(request, _("Taken back. Nobody else sees the story any more."))
    return redirect(story)

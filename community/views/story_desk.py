"""Staff review of success stories: the queue, one open beside it, published or returned with a
reason.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community import permissions, services
from community.forms.stories import StoryVerdictForm
from community.models import Story
from community.permissions import check
from community.selectors import stories as selectors
from community.services.story_pages import language_of, text_of
from portal.accounts.permissions import MemberRequest, can_moderate, team_required
from portal.core import time
from portal.core.text import markdown


def _page(
    request: HttpRequest,
    item: Story | None,
    form: StoryVerdictForm | None = None,
    status: int = 200,
) -> HttpResponse:
    queue = selectors.waiting()
    if item is None and queue:
        item = selectors.get_story(request.user, queue[0].public_id)
    context = {
        "queue": queue,
        "item": item,
        "html": markdown.render(text_of(item)).html if item else "",
        "language": language_of(item) if item else "",
        "byline": selectors.byline_of(item) if item else "",
        "form": form or StoryVerdictForm(),
        "may_decide": permissions.can_publish_stories(request.user),
        "may_moderate": can_moderate(request.user),
        "decided": selectors.decided(),
    }
    return render(request, "community/story_desk.html", context, status=status)


@team_required
@require_GET
def story_desk(request: MemberRequest) -> HttpResponse:
    """Stories that wait; the longest waiting one is open."""
    return _page(request, None)


@team_required
@require_GET
def story_item(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One story."""
    return _page(request, selectors.get_story(request.user, public_id))


@team_required
@require_POST
def decide_story(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Publish a story or give it back with a reason."""
    editor = request.user
    check(permissions.can_publish_stories(editor))
    story = selectors.get_story(editor, public_id)
    if story.state == Story.State.DRAFT:
        raise Http404
    form = StoryVerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, story, form, status=422)
    data = form.cleaned_data
    try:
        if data["verdict"] == "publish":
            services.publish_story(
                story=story, editor=editor, consent_id=data["consent"], now=time.now()
            )
            messages.success(request, _("Published. The author is notified."))
        else:
            services.return_story(
                story=story,
                editor=editor,
                reason=data["reason"],
                consent_id=data["consent"],
                now=time.now(),
            )
            messages.success(request, _("Returned. The author is notified of the reason."))
    except services.StoryMoved:
        messages.info(request, _("The story changed meanwhile. Nothing was done."))
    return redirect("community:story_desk")

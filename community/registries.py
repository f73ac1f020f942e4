"""What the community tells the floors below, once, when the apps are ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.api import scopes
from portal.core import demo, nav, panels


def fill() -> None:
    """Fill every registry."""
    from community import expertise, finding, privacy, shareables, showing, telling
    from community.demo import newcomers, stories, story
    from community.permissions import can_publish_stories
    from community.selectors.moderation import waiting_count
    from community.selectors.stories import waiting_count as stories_waiting
    from portal.accounts.permissions import can_moderate

    nav.register(
        "customer",
        key="questions",
        label=_("Questions"),
        url_name="community:questions",
        order=20,
        icon="message-circle-question-mark",
        prefixes=("/questions/", "/discussions/"),
    )
    nav.register(
        "customer",
        key="articles",
        label=_("Know-how"),
        url_name="community:articles",
        order=30,
        icon="book-open",
        prefixes=("/articles/", "/stories/"),
    )
    nav.register(
        "staff",
        key="moderation",
        label=_("Moderation"),
        url_name="community:moderation",
        order=20,
        icon="shield-check",
        prefixes=("/staff/moderation/", "/staff/stories/"),
        visible=lambda request: can_moderate(request.user),
        badge=lambda request: waiting_count(request.user) + stories_waiting(request.user),
    )
    # marketing publishes stories and does not moderate: her entry leads to the other tab
    nav.register(
        "staff",
        key="stories",
        label=_("Stories"),
        url_name="community:story_desk",
        order=20,
        icon="trophy",
        prefixes=("/staff/stories/",),
        visible=lambda request: (
            can_publish_stories(request.user) and not can_moderate(request.user)
        ),
        badge=lambda request: stories_waiting(request.user),
    )
    panels.register("home", name="community.welcome", order=10, render=showing.welcome)
    panels.register("home", name="community.for_you", order=20, render=showing.for_you)
    panels.register("home", name="community.new", order=40, render=showing.new_and_useful)
    panels.register("home_aside", name="community.ask", order=10, render=showing.ask)
    panels.register("home_aside", name="community.helpers", order=40, render=showing.helpers)
    panels.register("search", name="community.people", order=10, render=showing.people_found)
    panels.register(
        "member", name="community.contributions", order=20, render=showing.contributions
    )
    panels.register(
        "organization", name="community.topics", order=30, render=showing.organization_topics
    )
    panels.register(
        "staff_settings", name="community.spaces", order=10, render=showing.spaces_setting
    )
    panels.register("today", name="community.unanswered", order=40, render=showing.unanswered)
    panels.register("today", name="community.stories", order=45, render=showing.stories_waiting)
    finding.register()
    expertise.fill()
    privacy.register()
    telling.register()
    shareables.register()
    scopes.register("topics:read", _("Read topics and posts"))
    scopes.register("topics:write", _("Post topics and answers"))
    scopes.register("articles:read", _("Read published articles"))
    demo.register("community", order=30, create=story.create)
    demo.register("community-stories", order=32, create=stories.create)
    demo.register("community-newcomers", order=60, create=newcomers.create)
    demo.register_remover("community", story.remove)

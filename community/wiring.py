"""What the community registers in the lower layers, once, when the apps are ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community import topic_kinds
from portal.api import scopes
from portal.core.web import navigation, panels
from portal.dev import demo_registry


def _lists(entry: str) -> tuple[str, ...]:
    """Where the topics stand that belong to an entry of the navigation."""
    return tuple(kind.list_url for kind in topic_kinds.all_kinds() if kind.navigation == entry)


def fill() -> None:
    """Fill every registry."""
    from community import notifications, privacy, search, signal_rules, turn_stages
    from community import panels as community_panels
    from community.demo import newcomers, stories, timeline
    from community.rules import default_signal_rules
    from community.selectors import experts, sharing

    _navigation()
    panels.register("home", name="community.welcome", order=10, render=community_panels.welcome)
    panels.register("home", name="community.for_you", order=20, render=community_panels.for_you)
    panels.register("home", name="community.new", order=40, render=community_panels.new_and_useful)
    panels.register("home_aside", name="community.ask", order=10, render=community_panels.ask)
    panels.register(
        "home_aside", name="community.helpers", order=40, render=community_panels.helpers
    )
    panels.register(
        "search", name="community.people", order=10, render=community_panels.people_found
    )
    panels.register(
        "member", name="community.contributions", order=20, render=community_panels.contributions
    )
    panels.register(
        "organization",
        name="community.topics",
        order=30,
        render=community_panels.organization_topics,
    )
    panels.register(
        "staff_settings", name="community.spaces", order=10, render=community_panels.spaces_setting
    )
    panels.register(
        "today", name="community.unanswered", order=40, render=community_panels.unanswered
    )
    panels.register(
        "today", name="community.stories", order=45, render=community_panels.stories_waiting
    )
    search.register()
    experts.fill()
    privacy.register()
    notifications.register()
    turn_stages.register()
    signal_rules.register()
    default_signal_rules.register()
    sharing.register()
    _fill_scopes()
    demo_registry.register("community", order=30, create=timeline.create)
    demo_registry.register("community-stories", order=32, create=stories.create)
    demo_registry.register("community-newcomers", order=60, create=newcomers.create)
    demo_registry.register_remover("community", timeline.remove)


def _fill_scopes() -> None:
    """What a key of the API may be allowed."""
    scopes.register("topics:read", _("Read topics and posts"))
    scopes.register("topics:write", _("Post topics and answers"))
    scopes.register("articles:read", _("Read published articles"))


def _navigation() -> None:
    from community.permissions import can_publish_stories
    from community.selectors.moderation import waiting_count
    from community.selectors.stories import waiting_count as stories_waiting
    from portal.accounts.permissions import can_moderate

    navigation.register(
        "customer",
        key="questions",
        label=_("Questions"),
        url_name="community:questions",
        order=20,
        icon="message-circle-question-mark",
        prefixes=_lists("questions"),
    )
    navigation.register(
        "customer",
        key="articles",
        label=_("Know-how"),
        url_name="community:articles",
        order=30,
        icon="book-open",
        prefixes=("/articles/", *_lists("articles")),
    )
    navigation.register(
        "person",
        key="drafts",
        label=_("Drafts"),
        url_name="community:drafts",
        order=10,
        icon="pencil",
    )
    navigation.register(
        "person",
        key="following",
        label=_("What I follow"),
        url_name="community:following",
        order=20,
        icon="bell",
    )
    navigation.register(
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
    # marketing publishes stories and does not moderate: their entry leads to the other tab
    navigation.register(
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

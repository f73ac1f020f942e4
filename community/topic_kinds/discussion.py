"""A discussion is about ways of working that have more than one right answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.events import DiscussionPosted
from community.topic_kinds.base import REPLIES, Listing, TopicKind, Writing

DISCUSSION = TopicKind(
    value="discussion",
    label=_("Discussion"),
    plural=_("Discussions"),
    slug="discussions",
    list_name="discussions",
    page_name="discussion",
    icon="messages-square",
    order=20,
    replying=REPLIES,
    schema_type="DiscussionForumPosting",
    listing=Listing(
        invitation=_("Something to share?"),
        invitation_text=_("Share how you do it, and learn how others do."),
        empty_icon="messages-square",
        empty=_("No discussion yet"),
        empty_text=_("Discussions are for ways of working that have more than one right answer."),
    ),
    writing=Writing(
        url_name="start",
        path="start",
        posted=DiscussionPosted,
        call=_("Open a discussion"),
        title_help=_("The matter in one line."),
        body_label=_("Text"),
        send=_("Open discussion"),
        thanks=_("Your discussion is open."),
        points=2,
        points_per_day=2,
    ),
)

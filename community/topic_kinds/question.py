"""A question waits for an answer that solves it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.events import QuestionPosted
from community.topic_kinds.base import ALL, ANSWERS, Listing, Mark, Pill, Tab, TopicKind, Writing

QUESTION = TopicKind(
    value="question",
    label=_("Question"),
    plural=_("Questions"),
    slug="questions",
    list_name="questions",
    page_name="question",
    icon="circle-help",
    order=10,
    replying=ANSWERS,
    schema_type="QAPage",
    listing=Listing(
        invitation=_("Need help?"),
        invitation_text=_("We look for similar questions while you write."),
        empty_icon="message-circle-question-mark",
        empty=_("Nobody has asked yet"),
        empty_text=_(
            "Here customers ask each other and the support team. The first question helps "
            "everybody who comes after you."
        ),
        tabs=(
            ALL,
            Tab("unanswered", _("Unanswered"), "unanswered"),
            Tab("unsolved", _("Not solved"), "unsolved"),
            Tab("solved", _("Solved"), "solved"),
        ),
        feed_name="feed",
        feed_title=_("New questions"),
    ),
    writing=Writing(
        url_name="ask",
        path="ask",
        posted=QuestionPosted,
        call=_("Ask a question"),
        title_help=_("The problem in one line, as you would say it to a colleague."),
        body_label=_("What happens, and what you expected"),
        send=_("Post question"),
        thanks=_("Your question is posted. We will let you know when somebody answers."),
        offers_similar=True,
        points=2,
        points_per_day=3,
    ),
    open_marks=(
        Mark("circle-help", _("No answer yet"), "hot"),
        Mark("circle-help", _("Not solved yet")),
    ),
    open_pills=(Pill(_("No answer yet"), "yama"), Pill(_("Not solved yet"))),
    has_same_here=True,
    tells_tag_followers=True,
)

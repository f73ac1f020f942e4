"""What a topic kind says about itself. Everything else asks; nothing else compares kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CheckConstraint
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from community.events import TopicPosted
from portal.accounts.models import User
from portal.accounts.permissions import is_member
from portal.accounts.rules import Viewer

if TYPE_CHECKING:
    from community.models import Topic

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a list: all, or what `adjective`, a method of TopicQuerySet, leaves of it."""

    name: str
    label: Text
    adjective: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """The sign before a row of a list."""

    icon: str
    label: Text
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Pill:
    """The state beside the title of a topic that nothing has solved."""

    label: Text
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Replying:
    """The words around replies, and whether they are answers: then one may be accepted, and the
    topic is open until then.
    """

    are_answers: bool
    word: Any  # ngettext_lazy by "count": its type is not in the stubs
    heading: Any  # the same by "n"
    none_yet: Text
    own: Text  # above the form
    own_of_author: Text
    send: Text
    invitation: Text  # for whoever is not signed in
    sign_in: Text


ANSWERS = Replying(
    are_answers=True,
    word=ngettext_lazy("answer", "answers", "count"),
    heading=ngettext_lazy("%(n)s answer", "%(n)s answers", "n"),
    none_yet=_(
        "Nobody has answered yet. The support team takes care of questions that wait too long."
    ),
    own=_("Your answer"),
    own_of_author=_("Add to it, or answer yourself"),
    send=_("Post answer"),
    invitation=_("Do you know the answer, or have the same problem?"),
    sign_in=_("Sign in to answer"),
)
REPLIES = Replying(
    are_answers=False,
    word=ngettext_lazy("reply", "replies", "count"),
    heading=ngettext_lazy("%(n)s reply", "%(n)s replies", "n"),
    none_yet=_("Nobody has replied yet."),
    own=_("Your reply"),
    own_of_author=_("Your reply"),
    send=_("Post reply"),
    invitation=_("Do you know the answer, or have the same problem?"),
    sign_in=_("Sign in to answer"),
)
ALL = Tab("all", _("All"))


@dataclass(frozen=True, slots=True)
class Listing:
    """The common list (community/topics.html), and the words of it."""

    invitation: Text
    invitation_text: Text
    empty_icon: str
    empty: Text
    empty_text: Text
    tabs: tuple[Tab, ...] = ()
    feed_name: str = ""  # the URL's name; "" without a feed
    feed_title: Text = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """The common form (community/ask.html): a topic is posted as soon as it is sent."""

    url_name: str
    path: str  # below the list's
    posted: type[TopicPosted]  # the event
    call: Text  # such as "Ask a question"
    title_help: Text
    body_label: Text
    send: Text
    thanks: Text
    offers_similar: bool = False  # while the title is written
    points: float = 1  # for taking part
    points_per_day: int = 3  # times


@dataclass(frozen=True, eq=False)
class TopicKind:
    """A kind of topic: its words, its addresses, its events and its rules.

    Without `listing` or `writing` the kind has pages of its own, with the URLs `list_name` and
    those of its views.
    """

    value: str  # in the database, in events and in the API
    label: Text
    plural: Text
    slug: str  # its lists and pages stand below it
    list_name: str
    page_name: str
    icon: str
    order: int  # among the sources of the search
    replying: Replying
    schema_type: str  # of schema.org; see community/views/structured_data.py
    listing: Listing | None = None
    writing: Writing | None = None
    open_marks: tuple[Mark, Mark] | None = None  # without a reply, with some: until it is solved
    open_pills: tuple[Pill, Pill] | None = None
    has_same_here: bool = False  # readers may say that they have the same problem
    tells_tag_followers: bool = False
    text_is_fixed: bool = False  # not edited, deleted or restored like a post: it has its services
    navigation: str = "questions"  # under which entry its pages stand
    page_template: str = "community/topic.html"
    may_post: Callable[[Viewer], bool] = is_member
    events: tuple[str, ...] = ()  # more that change what the search finds
    constraints: tuple[CheckConstraint, ...] = field(default=(), repr=False)  # on topics
    # What only a kind with a model of its own has:
    page_context: Callable[[HttpRequest, Topic], dict[str, Any]] | None = None
    search_words: Callable[[Topic], str] | None = None
    # whom the text is of where the topic names nobody
    authors_of: Callable[[int], Iterable[int | None]] | None = None
    # of a draft of its own form: the text of its row, and where to go on
    describe_draft: Callable[[str, Mapping[str, Any], User], tuple[str, str]] | None = None

    @property
    def list_url(self) -> str:
        return f"/{self.slug}/"

    @property
    def write_url(self) -> str:
        """Where the common form is; "" without one."""
        return f"{self.list_url}{self.writing.path}/" if self.writing else ""

    @property
    def feed_url(self) -> str:
        return f"{self.list_url}feed/" if self.listing and self.listing.feed_name else ""

    @property
    def has_answers(self) -> bool:
        return self.replying.are_answers

    def tab(self, name: str) -> Tab:
        """Return the tab of that name; all where there is none."""
        tabs = self.listing.tabs if self.listing else ()
        return next((tab for tab in tabs if tab.name == name), ALL)

    def mark(self, reply_count: int) -> Mark:
        """Return the sign of a topic that is not solved."""
        if self.open_marks is None:
            return Mark(self.icon, self.label)
        return self.open_marks[1 if reply_count else 0]

    def pill(self, reply_count: int) -> Pill | None:
        return self.open_pills and self.open_pills[1 if reply_count else 0]

    def count_word(self, count: int) -> str:
        """Return "answers", without the number."""
        return str(self.replying.word % {"count": count})

    def heading(self, count: int) -> str:
        """Return "3 answers"."""
        return str(self.replying.heading % {"n": count})

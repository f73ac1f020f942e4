"""The community's notification kinds, and what counts as participation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext_lazy as _

from community import topic_kinds
from community.models import Follow, Story, Topic
from community.permissions import can_read
from community.services.event_payloads import topic_of
from portal.accounts.models import User
from portal.engagement.registry import weigh
from portal.events.models import Event
from portal.notifications.registry import Kind, register_kind, register_tab


def may_read(user: User, event: Event) -> bool:
    """Nobody is notified of what they may not read (any more)."""
    topic = _topic(event)
    return topic is not None and can_read(user, topic)


def _topic(event: Event) -> Topic | None:
    """The topic of an event, read once for all recipients."""
    if "community_topic" not in event.__dict__:
        event.__dict__["community_topic"] = Topic.objects.filter(
            pk=int(event.payload.get("topic_id") or 0)
        ).first()
    topic: Topic | None = event.__dict__["community_topic"]
    return topic


def _asker(event: Event) -> Iterable[int | None]:
    """The asker, unless they unfollowed their question: an asker follows it from the start."""
    follows = Follow.objects.filter(topic=event.payload["topic_id"], user=event.payload["asker_id"])
    return follows.values_list("user_id", flat=True)


def _author(event: Event) -> Iterable[int | None]:
    author, topic = event.payload["author_id"], event.payload.get("topic_id")
    kind = topic_kinds.find(event.payload.get("kind", ""))
    if author is None and topic and event.payload.get("number") == 1 and kind and kind.authors_of:
        return kind.authors_of(topic)  # told without a name
    return [author]


def _parent(event: Event) -> Iterable[int | None]:
    return [event.payload.get("parent_author_id")]


def _mentioned(event: Event) -> Iterable[int | None]:
    return list(event.payload.get("mentioned_ids", ()))


def _followers(event: Event) -> Iterable[int | None]:
    return Follow.objects.filter(topic=event.payload["topic_id"]).values_list("user_id", flat=True)


def _tag_followers(event: Event) -> Iterable[int | None]:
    tags = (
        Topic.objects.filter(pk=event.payload["topic_id"]).values_list("tags", flat=True).first()
        or []
    )
    return Follow.objects.filter(tag__slug__in=tags).values_list("user_id", flat=True).distinct()


def _reporters(event: Event) -> Iterable[int | None]:
    return list(event.payload.get("reporter_ids", ()))


def _moderators(event: Event) -> Iterable[int | None]:
    moderators = User.objects.filter(is_active=True, is_moderator=True).values_list("pk", flat=True)
    return [
        *moderators,
        *User.objects.filter(is_active=True, team_memberships__team="community").values_list(
            "pk", flat=True
        ),
    ]


def _at_the_desk(event: Event) -> str:
    story = (
        Story.objects.filter(pk=event.payload["story_id"])
        .values_list("public_id", flat=True)
        .first()
    )
    return f"/staff/stories/{story}/" if story else "/staff/stories/"


def _publishers(event: Event) -> Iterable[int | None]:
    """Who may publish stories."""
    teams = ("community", "marketing")
    marketing = User.objects.filter(is_active=True, team_memberships__team__in=teams).values_list(
        "pk", flat=True
    )
    return {*_moderators(event), *marketing}


REPLIED = ("community.answer.posted", "community.reply.posted")


_kind = partial(Kind, group=topic_of)  # put together by topic


def register() -> None:
    """Fill the registries of notifications and of taking part."""
    for_tags = [kind for kind in topic_kinds.written_at_once() if kind.tells_tag_followers]
    for kind in (
        _kind(
            "answer",
            _("Somebody answers my question"),
            "community.answer.posted",
            _asker,
            _("%(actor)s answered “%(title)s”"),
            visible=may_read,
            mail="now",
            order=10,
        ),
        _kind(
            "accepted",
            _("My answer solved a question"),
            "community.answer.accepted",
            _author,
            _("Your answer solved “%(title)s”"),
            visible=may_read,
            mail="now",
            order=20,
        ),
        _kind(
            "mention",
            _("Somebody mentions me"),
            (*topic_kinds.posted_events(), *REPLIED),
            _mentioned,
            _("%(actor)s mentioned you in “%(title)s”"),
            visible=may_read,
            mail="now",
            order=30,
        ),
        _kind(
            "comment",
            _("Somebody comments on what I wrote"),
            "community.reply.posted",
            _parent,
            _("%(actor)s commented on your post in “%(title)s”"),
            visible=may_read,
            order=40,
        ),
        _kind(
            "followed",
            _("Something new in a topic I follow"),
            REPLIED,
            _followers,
            _("%(actor)s wrote in “%(title)s”"),
            visible=may_read,
            order=50,
        ),
        _kind(
            "solved",
            _("A question I follow is solved"),
            "community.answer.accepted",
            _followers,
            _("“%(title)s” is solved"),
            visible=may_read,
            order=60,
        ),
        _kind(
            "tag",
            _("A new question with a tag I follow"),
            tuple(kind.writing.posted.event_name for kind in for_tags if kind.writing),
            _tag_followers,
            _("%(actor)s asked “%(title)s”"),
            visible=may_read,
            order=70,
        ),
        _kind(
            "hidden",
            _("A moderator hides what I wrote"),
            "community.post.hidden",
            _author,
            _("Your post in “%(title)s” was hidden: %(reason)s"),
            mail="now",
            order=80,
        ),
        _kind(
            "kept",
            _("What became of my report"),
            "community.post.kept",
            _reporters,
            _("A moderator looked at your report on “%(title)s” and left the post"),
            order=90,
        ),
        _kind(
            "story_published",
            _("My story is published"),
            "community.story.published",
            _author,
            _("Your story “%(title)s” is published"),
            visible=may_read,
            mail="now",
            order=100,
        ),
        _kind(
            "story_returned",
            _("My story comes back"),
            "community.story.returned",
            _author,
            _("Your story “%(title)s” came back: %(reason)s"),
            mail="now",
            order=110,
        ),
        _kind(
            "story_submitted",
            _("A customer submits a story"),
            "community.story.submitted",
            _publishers,
            _("%(actor)s submitted the story “%(title)s”"),
            url=_at_the_desk,
            staff=True,
            order=210,
        ),
        _kind(
            "story_withdrawn",
            _("A customer takes the consent to a story back"),
            "community.story.withdrawn",
            _publishers,
            _("%(actor)s took back the consent to “%(title)s”"),
            url=_at_the_desk,
            staff=True,
            order=220,
        ),
        _kind(
            "flag",
            _("A member reports a post"),
            "community.post.flagged",
            _moderators,
            _("A post in “%(title)s” was reported"),
            url=lambda event: f"/staff/moderation/{event.payload['post_id']}/",
            group=lambda event: f"community.post:{event.payload['post_id']}",
            staff=True,
            order=200,
        ),
    ):
        register_kind(kind)
    register_tab("mentions", _("Mentions"), lambda kind: kind.name == "mention", order=10)
    _weigh_taking_part()


def _weigh_taking_part() -> None:
    """A solved problem is worth most; asking counts too: without questions nothing turns. Reports
    never count.
    """
    for topic_kind in topic_kinds.written_at_once():
        if writing := topic_kind.writing:
            weigh(writing.posted.event_name, writing.points, per_day_cap=writing.points_per_day)
    weigh("community.answer.posted", 3, per_day_cap=10)
    weigh("community.reply.posted", 1, per_day_cap=10)
    weigh(
        "community.answer.accepted",
        8,
        subject="author_id",
        counterpart="asker_id",
        per_counterpart_week=3,
    )
    weigh(
        "community.reaction.added",
        1,
        subject="author_id",
        counterpart="user_id",
        per_counterpart_week=3,
    )
    weigh("community.article.judged", 0.5, subject="user_id", per_day_cap=3)

"""Event types of the community.

Every payload carries title, url and the ids of the people it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.events import Payload, event_type


@dataclass(frozen=True)
class OfTopic(Payload):
    """Fields of every event about a topic. `asker_id` is the topic's author, `author_id` whoever
    wrote the post.
    """

    title: str
    url: str
    topic_id: int
    author_id: int | None
    asker_id: int | None
    kind: str
    visibility: str


@dataclass(frozen=True)
class OfPost(OfTopic):
    post_id: int
    number: int


@dataclass(frozen=True)
class TopicPosted(OfPost):
    """What every new topic tells; each kind has its own event."""

    space: str
    tags: list[str]
    language: str
    mentioned_ids: list[int]


@event_type("community.question.posted")
@dataclass(frozen=True)
class QuestionPosted(TopicPosted):
    """Somebody asked."""


@event_type("community.discussion.posted")
@dataclass(frozen=True)
class DiscussionPosted(TopicPosted):
    """Somebody opened a discussion."""


@event_type("community.answer.posted")
@dataclass(frozen=True)
class AnswerPosted(OfPost):
    """Somebody answered a question."""

    is_first: bool
    by_staff: bool
    mentioned_ids: list[int]


@event_type("community.reply.posted")
@dataclass(frozen=True)
class ReplyPosted(OfPost):
    """Somebody replied in a discussion, or commented on a post (`parent_author_id` wrote it)."""

    is_comment: bool
    parent_author_id: int | None
    by_staff: bool
    mentioned_ids: list[int]


@event_type("community.answer.accepted")
@dataclass(frozen=True)
class AnswerAccepted(OfPost):
    """The asker, or staff on their behalf, accepted an answer.

    `waited_hours` runs from question to acceptance.
    """

    by_asker: bool
    waited_hours: float


@event_type("community.answer.unaccepted")
@dataclass(frozen=True)
class AnswerUnaccepted(OfPost):
    """The answer turned out not to solve it."""


@event_type("community.post.edited")
@dataclass(frozen=True)
class PostEdited(OfPost):
    """A post has a new version."""

    revision: int


@event_type("community.post.deleted")
@dataclass(frozen=True)
class PostDeleted(OfPost):
    """A post, or with its first post a whole topic, was deleted."""


@event_type("community.post.restored")
@dataclass(frozen=True)
class PostRestored(OfPost):
    """A deleted or hidden post is back."""


@event_type("community.post.flagged")
@dataclass(frozen=True)
class PostFlagged(OfPost):
    """A member asked moderators to look."""

    flag_id: int
    reason: str


@event_type("community.post.hidden")
@dataclass(frozen=True)
class PostHidden(OfPost):
    """A moderator hid a post; its author is notified of the reason."""

    reason: str


@event_type("community.post.kept")
@dataclass(frozen=True)
class PostKept(OfPost):
    """A moderator reviewed a reported post and kept it."""

    reporter_ids: list[int]


@event_type("community.topic.changed")
@dataclass(frozen=True)
class TopicChanged(OfTopic):
    """Title, tags, space, visibility or lock changed."""

    what: str


@event_type("community.reaction.added")
@dataclass(frozen=True)
class ReactionAdded(OfPost):
    """Somebody marked a post as helpful, or has the same problem."""

    reaction: str
    user_id: int | None


@event_type("community.reaction.removed")
@dataclass(frozen=True)
class ReactionRemoved(OfPost):
    """Somebody took a mark back."""

    reaction: str
    user_id: int | None


@dataclass(frozen=True)
class OfArticle(Payload):
    title: str
    url: str
    article_id: int
    author_id: int | None
    visibility: str


@event_type("community.article.published")
@dataclass(frozen=True)
class ArticlePublished(OfArticle):
    """An article, or a new version of it, can be read."""

    revision: int
    is_first: bool
    source_topic_id: int | None


@event_type("community.article.archived")
@dataclass(frozen=True)
class ArticleArchived(OfArticle):
    """An article is no longer shown."""


@event_type("community.article.judged")
@dataclass(frozen=True)
class ArticleJudged(OfArticle):
    """A reader said whether an article helped."""

    is_helpful: bool
    user_id: int


@dataclass(frozen=True)
class OfStory(Payload):
    """Fields of every event about a success story.

    `topic_id` is its page, None before it has one.
    """

    title: str
    url: str
    story_id: int
    topic_id: int | None
    author_id: int | None
    kind: str
    visibility: str


@event_type("community.story.submitted")
@dataclass(frozen=True)
class StorySubmitted(OfStory):
    """A customer agreed to a story and submitted it to staff; `audience` and `naming` are what they
    agreed to.
    """

    audience: str
    naming: str
    text_version: str


@event_type("community.story.published")
@dataclass(frozen=True)
class StoryPublished(OfStory):
    """Readers have a story.

    `is_first` is false when it comes back after its consent was withdrawn.
    """

    is_first: bool
    audience: str
    naming: str
    waited_hours: float


@event_type("community.story.returned")
@dataclass(frozen=True)
class StoryReturned(OfStory):
    """Staff returned a story; its author is notified of the reason."""

    reason: str


@event_type("community.story.withdrawn")
@dataclass(frozen=True)
class StoryWithdrawn(OfStory):
    """The author, or their company's administrator, withdrew consent.

    `was_public` says whether the story had been published.
    """

    was_public: bool
    by_author: bool

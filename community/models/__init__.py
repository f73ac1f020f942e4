"""Models of the community, one module per noun."""

from community.models.articles import Article, ArticleRevision, ArticleVote
from community.models.attachments import Attachment, AttachmentUse
from community.models.moderation import Flag, ModerationAct
from community.models.posts import Post, PostRevision, Reaction
from community.models.reading import Draft, Follow, ReadState
from community.models.spaces import Space, Tag
from community.models.stories import Story, StoryConsent, StoryResult
from community.models.topics import Topic
from portal.accounts.visibility import Visibility

__all__ = [
    "Article",
    "ArticleRevision",
    "ArticleVote",
    "Attachment",
    "AttachmentUse",
    "Draft",
    "Flag",
    "Follow",
    "ModerationAct",
    "Post",
    "PostRevision",
    "Reaction",
    "ReadState",
    "Space",
    "Story",
    "StoryConsent",
    "StoryResult",
    "Tag",
    "Topic",
    "Visibility",
]

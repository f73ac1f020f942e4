"""URLs of the community."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path, register_converter
from django.urls.converters import IntConverter, get_converters

from community import topic_kinds
from community.api.articles import Articles
from community.api.stories import Stories
from community.api.topics import Posts, Topics
from community.topic_kinds import TopicKind
from community.views import (
    articles,
    asking,
    attachments,
    feeds,
    lists,
    moderation,
    posts,
    reading,
    space_desk,
    stories,
    story_desk,
    topics,
)

app_name = "community"


class ListOfKind:
    """In an address, the part below which the topics of a kind stand; in a view, the kind's
    value.
    """

    regex = "[a-z_]+"

    def to_python(self, value: str) -> str:
        kind = topic_kinds.at(value)
        if kind is None:
            raise ValueError(value)
        return kind.value

    def to_url(self, value: str) -> str:
        return topic_kinds.get(value).slug


class RowNumber(IntConverter):
    """A number that any row's key may be."""

    regex = "[0-9]{1,9}"


if "list_of_kind" not in get_converters():
    register_converter(ListOfKind, "list_of_kind")
    register_converter(RowNumber, "row_number")


def of_kind(kind: TopicKind) -> Iterator[URLPattern]:
    """The addresses a kind names; the list and the form of a kind without common ones are among
    those below.
    """
    given = {"kind": kind.value}
    yield path(f"{kind.slug}/<int:pk>/", topics.topic, given, name=kind.page_name)
    if kind.listing is not None:
        yield path(f"{kind.slug}/", lists.topic_list, given, name=kind.list_name)
    if kind.listing is not None and kind.listing.feed_name:
        yield path(f"{kind.slug}/feed/", feeds.feed, given, name=kind.listing.feed_name)
    if kind.writing is not None:
        form = f"{kind.slug}/{kind.writing.path}/"
        yield path(form, asking.write, given, name=kind.writing.url_name)


urlpatterns = [
    *[pattern for kind in topic_kinds.all_kinds() for pattern in of_kind(kind)],
    path("<list_of_kind:kind>/<row_number:pk>/answers/", topics.answer, name="answer"),
    path("<list_of_kind:kind>/read/", reading.read_all, name="read_all"),
    path("questions/similar/", asking.similar, name="similar"),
    path("stories/", stories.stories, name="stories"),
    path("stories/new/", stories.new_story, name="new_story"),
    path("stories/mine/<uuid:public_id>/", stories.my_story, name="my_story"),
    path("stories/mine/<uuid:public_id>/edit/", stories.edit_story, name="edit_story"),
    path("stories/mine/<uuid:public_id>/submit/", stories.submit_story, name="submit_story"),
    path("stories/mine/<uuid:public_id>/withdraw/", stories.withdraw_story, name="withdraw_story"),
    path("topics/unread/", reading.unread_again, name="unread_again"),
    path("topics/<int:pk>/follow/", reading.follow, name="follow"),
    path("topics/<int:pk>/read/", reading.read, name="read"),
    path("topics/<int:pk>/lock/", topics.lock, name="lock"),
    path("tags/<str:slug>/follow/", reading.follow_tag, name="follow_tag"),
    path("people/", asking.people, name="people"),
    path("posts/preview/", asking.preview, name="preview"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/edit/", posts.edit, name="edit"),
    path("posts/<int:pk>/history/", posts.history, name="history"),
    path("posts/<int:pk>/delete/", posts.delete, name="delete"),
    path("posts/<int:pk>/restore/", posts.restore, name="restore"),
    path("posts/<int:pk>/react/<slug:kind>/", posts.react, name="react"),
    path("posts/<int:pk>/flag/", posts.flag, name="flag"),
    path("posts/<int:pk>/accept/", posts.accept, name="accept"),
    path("following/", reading.following, name="following"),
    path("drafts/", reading.drafts, name="drafts"),
    path("drafts/<int:pk>/discard/", reading.discard_draft, name="discard_draft"),
    path("drafts/<int:pk>/restore/", reading.restore_draft, name="restore_draft"),
    path("articles/", articles.articles, name="articles"),
    path("articles/new/", articles.new_article, name="new_article"),
    path("articles/<slug:slug>/", articles.article, name="article"),
    path("articles/<slug:slug>/judge/", articles.judge, name="judge_article"),
    path("articles/<slug:slug>/edit/", articles.edit_article, name="edit_article"),
    path("articles/<slug:slug>/publish/", articles.publish, name="publish_article"),
    path("articles/<slug:slug>/archive/", articles.archive, name="archive_article"),
    path("articles/<slug:slug>/review/", articles.review, name="review_article"),
    path("articles/<slug:slug>/revisions/", articles.revisions, name="revisions"),
    path(
        "articles/<slug:slug>/revisions/<int:number>/restore/",
        articles.restore_revision,
        name="restore_revision",
    ),
    path("staff/moderation/", moderation.queue, name="moderation"),
    path("staff/moderation/log/", moderation.log, name="moderation_log"),
    path("staff/moderation/<int:pk>/", moderation.item, name="moderation_item"),
    path("staff/moderation/<int:pk>/claim/", moderation.claim, name="claim"),
    path("staff/moderation/<int:pk>/decide/", moderation.decide, name="decide"),
    path("staff/moderation/acts/<int:pk>/undo/", moderation.undo, name="undo_act"),
    path("staff/settings/spaces/", space_desk.spaces, name="spaces"),
    path("staff/settings/spaces/<int:pk>/", space_desk.space, name="space"),
    path("staff/settings/spaces/<int:pk>/remove/", space_desk.remove_space, name="remove_space"),
    path("staff/stories/", story_desk.story_desk, name="story_desk"),
    path("staff/stories/<uuid:public_id>/", story_desk.story_item, name="story_item"),
    path("staff/stories/<uuid:public_id>/decide/", story_desk.decide_story, name="decide_story"),
    path("api/v1/topics/", Topics.as_view(), name="api_topics"),
    path("api/v1/topics/<int:pk>/posts/", Posts.as_view(), name="api_posts"),
    path("api/v1/stories/", Stories.as_view(), name="api_stories"),
    path("api/v1/articles/", Articles.as_view(), name="api_articles"),
    path("files/", attachments.attach, name="attach"),
    path(
        "files/<uuid:public_id>/<int:width>x<int:height>/",
        attachments.attachment,
        name="attachment",
    ),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
]

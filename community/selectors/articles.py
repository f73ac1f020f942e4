"""Article queries: lists, one article with its translation, related questions."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from community.models import Article, Space, Topic
from community.permissions import Anyone


def listed(
    user: Anyone, *, language: str, space: Space | None = None, tag: str = "", drafts: bool = False
) -> QuerySet[Article]:
    """The articles of a list, each in the reader's language if there is one; `drafts` are what
    readers do not see yet.
    """
    if drafts:
        rows = Article.objects.visible_to(user).exclude(
            status=Article.Status.PUBLISHED, published_number=F("last_number")
        )
    else:
        rows = Article.objects.listed_for(user).once_for(user, language)
    if space is not None:
        rows = rows.filter(space=space)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    return rows.select_related("space").defer("html", "contents")


def get_article(user: Anyone, slug: str) -> Article:
    """Return an article to read. Raises Http404."""
    people = ("space", "author", "reviewed_by", "translation_of", "source_topic")
    return get_object_or_404(Article.objects.visible_to(user).select_related(*people), slug=slug)


def other_language(article: Article, user: Anyone) -> Article | None:
    """The same article in the other language, if the user may read it."""
    rows = Article.objects.listed_for(user).exclude(language=article.language)
    if article.translation_of_id:
        return rows.filter(pk=article.translation_of_id).first()
    return rows.filter(translation_of=article).first()


def is_older_than_original(article: Article) -> bool:
    """Whether the original has a newer published version than the one this translation stands
    on.
    """
    original = article.translation_of
    return original is not None and (original.published_number or 0) > (
        article.translated_number or 0
    )


def related_questions(article: Article, user: Anyone) -> list[Topic]:
    """Solved questions with a tag in common, newest first; the one it was made from before all."""
    rows = Topic.objects.listed_for(user).questions().solved()
    found = (
        list(rows.filter(tags__overlap=article.tags).order_by("-accepted_at")[:5])
        if article.tags
        else []
    )
    source = article.source_topic
    if source is not None and source not in found and rows.filter(pk=source.pk).exists():
        found.insert(0, source)
    return found[:5]


def beginning(topic: Topic | None, original: Article | None) -> dict[str, Any]:
    """What a new article begins with: a topic's title and accepted answer, or the text to
    translate.
    """
    if original is not None:
        newest = original.revisions.order_by("-number").first()
        return {
            "title": original.title,
            "body": newest.markdown if newest else "",
            "space": original.space_id,
            "tags": ", ".join(original.tag_names),
            "visibility": original.visibility,
        }
    if topic is not None:
        answer = topic.accepted_post
        return {
            "title": topic.title,
            "body": answer.markdown if answer else "",
            "space": topic.space_id,
            "tags": ", ".join(topic.tag_names),
            "visibility": topic.visibility,
        }
    return {"visibility": "public"}

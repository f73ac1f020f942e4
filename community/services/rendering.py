"""Stored HTML that is out of date: of an earlier renderer, or with a former name of somebody."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from community.models import Article, ArticleRevision, Draft, Post, PostRevision, Topic
from community.rules.text import guess_language
from community.selectors.people import MentionReader
from community.services.articles import contents_of
from portal.accounts.models import User
from portal.core.text import markdown

BATCH = 200
OUTDATED = 0


def footnote_scope(post: Post) -> str:
    """Return what keeps the footnotes of a post apart from those of others on the page."""
    return post.public_id.hex[-12:]


def render_outdated(*, limit: int = BATCH) -> int:
    """Render stored texts of an earlier version anew, the newest first; return how many."""
    posts = (
        Post.objects.filter(html_version__lt=markdown.VERSION)
        .select_related("topic")
        .order_by("-pk")[:limit]
    )
    done = sum(_render_post(post) for post in posts)
    articles = Article.objects.filter(html_version__lt=markdown.VERSION).order_by("-pk")[:limit]
    return done + sum(_render_article(article) for article in articles)


@transaction.atomic
def _render_post(post: Post) -> bool:
    """An edit that comes first wins: it has rendered the new text itself."""
    rendered = markdown.render(
        post.markdown, scope=footnote_scope(post), mentions=MentionReader.of(post.topic)
    )
    done = Post.objects.filter(
        pk=post.pk, markdown=post.markdown, html_version=post.html_version
    ).update(html=rendered.html, html_version=markdown.VERSION)
    if done and rendered.html != post.html:
        Topic.objects.filter(pk=post.topic_id).update(version=F("version") + 1)
    return bool(done)


@transaction.atomic
def _render_article(article: Article) -> bool:
    changes = {"html_version": markdown.VERSION}
    row = Article.objects.filter(pk=article.pk, html_version=article.html_version)
    revision = article.revisions.filter(number=article.published_number or 0).first()
    if revision is None:
        return bool(row.update(**changes))
    rendered = markdown.render(revision.markdown, scope="article", mentions=MentionReader.anyone())
    return bool(
        row.filter(published_number=article.published_number).update(
            html=rendered.html,
            contents=contents_of(rendered.html),
            version=F("version") + 1,
            **changes,
        )
    )


def render_mentions_anew(person: User) -> None:
    """Mark the texts in which this person was chosen; the periodic task renders them."""
    chosen = f"]({person.public_id})"
    Post.objects.filter(markdown__contains=chosen).update(html_version=OUTDATED)
    articles = ArticleRevision.objects.filter(markdown__contains=chosen).values("article")
    Article.objects.filter(pk__in=articles).update(html_version=OUTDATED)


def forget_name(person: User) -> None:
    """Take a person's name out of every mention of them, in all versions of all texts."""
    chosen = f"]({person.public_id})"
    pattern = re.compile(rf"([@＠]\[)[^\[\]\n]*(\]\({person.public_id}\))")
    for model in (Post, PostRevision, ArticleRevision):
        for row in model.objects.filter(markdown__contains=chosen):
            row.markdown = pattern.sub(rf"\g<1>{_former_member(row.markdown)}\g<2>", row.markdown)
            row.save(update_fields=["markdown"])
    for draft in Draft.objects.filter(data__icontains=chosen):
        draft.data = {
            key: pattern.sub(rf"\g<1>{_former_member(value)}\g<2>", value)
            if isinstance(value, str)
            else value
            for key, value in draft.data.items()
        }
        draft.save(update_fields=["data"])
    render_mentions_anew(person)


def _former_member(text: str) -> str:
    with override(guess_language(text)):
        return _("Former member")

"""Writing articles: every save is a revision, publishing selects the one shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from selectolax.lexbor import LexborHTMLParser

from community.events import ArticleArchived, ArticleJudged, ArticlePublished
from community.models import Article, ArticleRevision, ArticleVote, Space, Topic, Visibility
from community.rules.state_machines import ARTICLE
from community.rules.text import guess_language
from community.services.attachments import note_uses
from community.services.drafts import forget_draft
from community.services.event_payloads import of_article
from community.services.spaces import count_tags
from community.services.topics import confine
from portal import audit, events
from portal.accounts.models import User
from portal.core.db.ids import uuid7
from portal.core.text import markdown


class SlugTaken(ValueError):
    """Another article has this address."""


@transaction.atomic
def save_article(
    *,
    editor: User,
    title: str,
    body: str,
    now: datetime,
    article: Article | None = None,
    space: Space | None = None,
    slug: str = "",
    tags: list[str] | tuple[str, ...] | None = None,
    visibility: str = Visibility.PUBLIC,
    note: str = "",
    translation_of: Article | None = None,
    source_topic: Topic | None = None,
    form_key: UUID | None = None,
    draft_key: str = "",
    is_sample: bool = False,
) -> Article:
    """Save an article as a new revision, which readers do not see until it is published.

    A new article needs a space. Raises SlugTaken.
    """
    if article is None:
        if form_key and (
            earlier := Article.objects.filter(form_key=form_key, author=editor).first()
        ):
            return earlier
        if space is None:
            raise ValueError("a new article needs a space")
        article = _begin(
            editor,
            title,
            body,
            now,
            space,
            slug,
            visibility,
            translation_of,
            source_topic,
            form_key,
            is_sample,
        )
    else:
        article = Article.objects.select_for_update().get(pk=article.pk)
    article.last_number += 1
    article.updated_at = now
    if space is not None:
        article.space = space
        article.visibility, article.organization = confine(space, visibility, editor)
    if tags is not None:
        article.tags, article.tag_names = count_tags(tags, step=0)
    if article.published_number is None:
        article.title = title.strip()
    if translation_of is not None:
        article.translated_number = translation_of.published_number
    article.save()
    ArticleRevision.objects.create(
        article=article,
        number=article.last_number,
        title=title.strip(),
        markdown=body,
        note=note,
        editor=editor,
        at=now,
    )
    note_uses(writer=editor, text=body, article=article)
    if draft_key:
        forget_draft(user=editor, key=draft_key)
    audit.record(
        "community.article.save",
        actor=editor,
        target=f"community.article:{article.pk}",
        now=now,
        after={"revision": article.last_number},
        reason=note,
    )
    return article


def _begin(
    editor: User,
    title: str,
    body: str,
    now: datetime,
    space: Space,
    slug: str,
    visibility: str,
    translation_of: Article | None,
    source_topic: Topic | None,
    form_key: UUID | None,
    is_sample: bool,
) -> Article:
    wanted = slugify(slug or title)[:70]
    if slug and Article.objects.filter(slug=wanted).exists():
        raise SlugTaken(wanted)
    if not wanted or Article.objects.filter(slug=wanted).exists():
        wanted = f"{wanted}-{uuid7().hex[-8:]}".strip("-")
    effective, organization = confine(space, visibility, editor)
    return Article(
        slug=wanted,
        title=title.strip(),
        language=guess_language(f"{title}\n{body}"),
        space=space,
        author=editor,
        visibility=effective,
        organization=organization,
        translation_of=translation_of,
        source_topic=source_topic,
        created_at=now,
        updated_at=now,
        form_key=form_key,
        is_sample=is_sample,
    )


def contents_of(html: str) -> list[dict[str, Any]]:
    """Return the headings of an article for its list of contents."""
    found = LexborHTMLParser(html).css("h2[id], h3[id]")
    return [
        {"id": node.attributes["id"], "text": node.text(), "deep": node.tag == "h3"}
        for node in found
    ]


def first_words(html: str) -> str:
    """Return the running text of an article without its headings and tables."""
    return " ".join(node.text() for node in LexborHTMLParser(html).css("p, li"))


@transaction.atomic
def publish_article(
    *, article: Article, editor: User, now: datetime, number: int | None = None
) -> bool:
    """Show a revision (the newest, unless `number` says another) to readers; False when it is what
    they see.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    revision = article.revisions.get(number=number or article.last_number)
    if article.status == Article.Status.PUBLISHED and article.published_number == revision.number:
        return False
    rendered = markdown.render(revision.markdown)
    is_first = article.published_at is None
    article.title, article.html = revision.title, rendered.html
    article.summary = markdown.excerpt(first_words(rendered.html), 160)
    article.contents = contents_of(rendered.html)
    article.language = guess_language(f"{revision.title}\n{rendered.text}")
    if article.status != Article.Status.PUBLISHED:
        ARTICLE.move(article, Article.Status.PUBLISHED)
    article.published_number = revision.number
    article.published_at = article.published_at or now
    article.updated_at = article.reviewed_at = now
    article.reviewed_by = editor
    article.version += 1
    article.save()
    events.publish(
        ArticlePublished(
            **of_article(article),
            revision=revision.number,
            is_first=is_first,
            source_topic_id=article.source_topic_id,
        ),
        subject=f"community.article:{article.pk}",
        actor=editor,
        organization=editor.organization,
        now=now,
    )
    audit.record(
        "community.article.publish",
        actor=editor,
        target=f"community.article:{article.pk}",
        now=now,
        after={"revision": revision.number},
    )
    return True


@transaction.atomic
def archive_article(*, article: Article, editor: User, now: datetime, reason: str = "") -> bool:
    """Take an article out of the readers' sight; publishing brings it back.

    False when it is archived.
    """
    archived = Article.Status.ARCHIVED
    found = Article.objects.filter(pk=article.pk, status__in=ARTICLE.sources(archived))
    if not found.update(status=archived, version=F("version") + 1):
        return False
    events.publish(
        ArticleArchived(**of_article(article)),
        subject=f"community.article:{article.pk}",
        actor=editor,
        now=now,
    )
    audit.record(
        "community.article.archive",
        actor=editor,
        target=f"community.article:{article.pk}",
        now=now,
        reason=reason,
    )
    return True


@transaction.atomic
def restore_revision(
    *, article: Article, number: int, editor: User, now: datetime, note: str = ""
) -> Article:
    """Make an earlier version the newest one again, as a new revision."""
    old = article.revisions.get(number=number)
    return save_article(
        article=article, editor=editor, title=old.title, body=old.markdown, now=now, note=note
    )


@transaction.atomic
def review_article(*, article: Article, editor: User, now: datetime) -> None:
    """Say that the published text is still right."""
    Article.objects.filter(pk=article.pk).update(
        reviewed_at=now, reviewed_by=editor, version=F("version") + 1
    )
    audit.record(
        "community.article.review", actor=editor, target=f"community.article:{article.pk}", now=now
    )


@transaction.atomic
def judge_article(
    *, article: Article, user: User, is_helpful: bool, now: datetime, why: str = ""
) -> None:
    """Keep one voice per person on whether an article helped; the newest counts."""
    article = Article.objects.select_for_update().get(pk=article.pk)
    before = ArticleVote.objects.filter(article=article, user=user).first()
    ArticleVote.objects.update_or_create(
        article=article,
        user=user,
        defaults={
            "number": article.published_number or 0,
            "is_helpful": is_helpful,
            "why": why.strip(),
            "at": now,
        },
    )
    if before is None or before.is_helpful != is_helpful:
        helpful = int(is_helpful) - int(before is not None and before.is_helpful)
        unhelpful = int(not is_helpful) - int(before is not None and not before.is_helpful)
        Article.objects.filter(pk=article.pk).update(
            helpful_count=F("helpful_count") + helpful,
            unhelpful_count=F("unhelpful_count") + unhelpful,
        )
        events.publish(
            ArticleJudged(**of_article(article), is_helpful=is_helpful, user_id=user.pk),
            subject=f"community.article:{article.pk}",
            actor=user,
            organization=user.organization,
            now=now,
        )

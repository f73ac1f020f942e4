"""Knowledge articles (ナレッジ記事): reviewed, with revisions, in two languages."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import visibility
from community.models.spaces import Space, organization_is_named
from community.models.topics import Topic
from portal.accounts.models import Organization, User
from portal.accounts.visibility import Visibility
from portal.core.models import PublicId


class ArticleQuerySet(models.QuerySet["Article"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published articles the user may read; staff also see drafts and archived ones."""
        return self.filter(visibility.ARTICLE.q(user))

    def listed_for(self, user: User | AnonymousUser) -> Self:
        return self.filter(visibility.ARTICLE_LISTED.q(user))

    def once_for(self, user: User | AnonymousUser, language: str) -> Self:
        """Each article once: a translation pair is reduced to the one in the reader's language,
        where they may read it.
        """
        same = models.Q(translation_of=models.OuterRef("pk")) | models.Q(
            pk=models.OuterRef("translation_of_id")
        )
        counterpart = Article.objects.listed_for(user).filter(same, language=language)
        return self.filter(models.Q(language=language) | ~models.Exists(counterpart))


class Article(PublicId):
    """An article as readers see it; what is being written lives in its revisions."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    id: int
    slug = models.SlugField(max_length=80, unique=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    title = models.CharField(_("Title"), max_length=120)
    html = models.TextField(blank=True)
    summary = models.CharField(max_length=240, blank=True)
    contents = models.JSONField(default=list)  # [{"id": "s-…", "text": "…", "deep": false}]
    language = models.CharField(max_length=2, default="ja")
    translation_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="translations"
    )
    translation_of_id: int | None
    translated_number = models.PositiveIntegerField(
        null=True
    )  # the original's revision this translation stands on
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="articles")
    tags = ArrayField(models.CharField(max_length=30), default=list)
    tag_names = ArrayField(models.CharField(max_length=30), default=list)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, related_name="+"
    )
    organization_id: int | None
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="articles"
    )
    author_id: int | None
    source_topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, related_name="articles"
    )
    published_number = models.PositiveIntegerField(null=True)
    last_number = models.PositiveIntegerField(default=0)
    helpful_count = models.PositiveIntegerField(default=0)
    unhelpful_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, unique=True)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=60, blank=True)
    source_url = models.URLField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("draft", "published", "archived")),
                name="article_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="article_visibility_is_known"
            ),
            models.CheckConstraint(
                condition=organization_is_named(), name="an_article_names_its_organization"
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(published_number__isnull=False, published_at__isnull=False),
                name="a_published_article_has_a_revision",
            ),
            models.UniqueConstraint(
                fields=["translation_of", "language"], name="one_translation_per_language"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="an_imported_article_comes_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-updated_at", "-id"], name="articles_by_update"),
            GinIndex(fields=["tags"], name="articles_by_tag"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/articles/{self.slug}/"

    @property
    def has_unpublished_changes(self) -> bool:
        return self.last_number != self.published_number


class ArticleRevision(models.Model):
    """One version of an article."""

    id: int
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    markdown = models.TextField()
    note = models.CharField(max_length=200, blank=True)  # what changed, and why
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="one_article_revision_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"


class ArticleVote(models.Model):
    """Whether an article helped a person, and why not."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # of the revision the reader saw
    is_helpful = models.BooleanField()
    why = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "user"], name="one_voice_per_person_and_article"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.is_helpful}"

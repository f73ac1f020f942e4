"""Topics: questions, discussions and published stories; every figure a list shows is a column."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import topic_kinds, visibility
from community.models.spaces import Space, organization_is_named
from community.topic_kinds.base import Pill, TopicKind
from portal.accounts.models import Organization, User
from portal.accounts.visibility import Visibility
from portal.core.models import PublicId


class TopicQuerySet(models.QuerySet["Topic"]):
    """Adjectives that chain."""

    def within_reach_of(self, user: User | AnonymousUser) -> Self:
        """Topics the user's permissions reach, deleted or not: only to tell 410 (gone) from 404."""
        return self.filter(visibility.TOPIC_WITHIN_REACH.q(user))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Topics the user may read. Every page, feed, search and API goes through here."""
        return self.filter(visibility.TOPIC.q(user))

    def listed(self) -> Self:
        return self.filter(hidden_at=None, deleted_at=None)

    def listed_for(self, user: User | AnonymousUser) -> Self:
        """Topics for the user's lists: hidden ones are in nobody's list."""
        return self.filter(visibility.TOPIC_LISTED.q(user))

    def questions(self) -> Self:
        """Topics whose replies are answers."""
        return self.filter(kind__in=topic_kinds.with_answers())

    def unanswered(self) -> Self:
        return self.questions().filter(answer_count=0)

    def unsolved(self) -> Self:
        return self.questions().filter(accepted_post=None)

    def solved(self) -> Self:
        return self.questions().filter(accepted_post__isnull=False)

    def for_organization(self, organization: Organization) -> Self:
        return self.filter(author_organization=organization)


def kind_is_known() -> models.CheckConstraint:
    """The rule that the database knows the kinds that are registered, and no other."""
    return models.CheckConstraint(
        condition=Q(kind__in=tuple(kind.value for kind in topic_kinds.all_kinds())),
        name="topic_kind_is_known",
    )


class Topic(PublicId):
    """A topic of one of the kinds (community/topic_kinds). Its text is post number 1."""

    id: int
    byline: str  # lists of stories put it there
    kind = models.CharField(max_length=10, choices=topic_kinds.choices())
    title = models.CharField(_("Title"), max_length=120)
    language = models.CharField(max_length=2, default="ja")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="topics")
    space_id: int
    tags = ArrayField(
        models.CharField(max_length=30), default=list
    )  # tag slugs; names and counts live in Tag
    tag_names = ArrayField(models.CharField(max_length=30), default=list)
    visibility = models.CharField(max_length=12, choices=Visibility)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, related_name="+"
    )
    organization_id: int | None
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="topics"
    )
    author_id: int | None
    author_organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    author_organization_id: int | None

    answer_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    reaction_count = models.PositiveIntegerField(default=0)
    follower_count = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    accepted_post = models.OneToOneField(
        "Post", on_delete=models.SET_NULL, null=True, related_name="accepted_in"
    )
    accepted_post_id: int | None
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    first_answered_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    last_posted_at = models.DateTimeField()
    is_locked = models.BooleanField(default=False)
    hidden_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)  # goes up with every change a reader can see
    form_key = models.UUIDField(null=True, unique=True)  # the same form sent twice makes one topic
    consent = models.OneToOneField(
        "StoryConsent", on_delete=models.RESTRICT, null=True, related_name="+"
    )
    consent_id: int | None
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=60, blank=True)
    source_url = models.URLField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        constraints = [
            kind_is_known(),
            *[rule for kind in topic_kinds.all_kinds() for rule in kind.constraints],
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="topic_visibility_is_known"
            ),
            models.CheckConstraint(
                condition=organization_is_named(), name="a_topic_names_its_organization"
            ),
            models.CheckConstraint(
                condition=Q(accepted_post__isnull=True)
                | reduce(or_, [Q(kind=value) for value in topic_kinds.with_answers()]),
                name="only_questions_are_solved",
            ),
            models.CheckConstraint(
                condition=Q(accepted_post__isnull=True, accepted_at__isnull=True)
                | Q(accepted_post__isnull=False, accepted_at__isnull=False),
                name="an_accepted_answer_has_its_moment",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="an_imported_topic_comes_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "-last_posted_at", "-id"],
                condition=Q(hidden_at=None, deleted_at=None),
                name="topics_by_last_post",
            ),
            models.Index(
                fields=["kind", "-last_posted_at", "-id"],
                condition=Q(hidden_at=None, deleted_at=None, accepted_post=None),
                name="unsolved_topics",
            ),
            models.Index(
                fields=["kind", "-last_posted_at", "-id"],
                condition=Q(hidden_at=None, deleted_at=None, answer_count=0),
                name="unanswered_topics",
            ),
            models.Index(
                fields=["kind", "space", "-last_posted_at", "-id"],
                condition=Q(hidden_at=None, deleted_at=None),
                name="topics_of_a_space",
            ),
            models.Index(
                fields=["accepted_at"],
                condition=Q(hidden_at=None, deleted_at=None, accepted_at__isnull=False),
                name="topics_by_acceptance",
            ),
            models.Index(fields=["author", "-created_at"], name="topics_by_author"),
            models.Index(fields=["author_organization", "-created_at"], name="topics_by_company"),
            GinIndex(fields=["tags"], name="topics_by_tag"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.spec.list_url}{self.pk}/"

    @property
    def spec(self) -> TopicKind:
        """What its kind says; templates ask it too."""
        return topic_kinds.get(self.kind)

    @property
    def pill(self) -> Pill | None:
        """Its state beside the title while nothing has solved it."""
        return self.spec.pill(self.answer_count)

    @property
    def replies_heading(self) -> str:
        return self.spec.heading(self.answer_count)

    @property
    def list_url(self) -> str:
        return self.spec.list_url

    @property
    def is_solved(self) -> bool:
        return self.accepted_post_id is not None

"""Posts: the text of a topic (number 1), its answers and comments, their revisions and
reactions.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community import visibility
from community.models.topics import Topic
from portal.accounts.models import Organization, User
from portal.core.models import PublicId


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Posts the user may read, in topics they may read."""
        return self.filter(visibility.POST.q(user), topic__in=Topic.objects.visible_to(user))

    def answers(self) -> Self:
        return self.filter(kind=Post.Kind.ANSWER)


class Post(PublicId):
    """One text by one person. Its HTML is rendered when it is written."""

    class Kind(models.TextChoices):
        BODY = "body", _("Text")
        ANSWER = "answer", _("Answer")
        COMMENT = "comment", _("Comment")

    id: int
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="posts")
    topic_id: int
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=Kind)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="comments")
    parent_id: int | None
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="posts"
    )
    author_id: int | None
    author_organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    by_staff = models.BooleanField(
        default=False
    )  # the author worked for the host company when they wrote it
    markdown = models.TextField()
    html = models.TextField()
    language = models.CharField(max_length=2, default="ja")
    up_count = models.PositiveIntegerField(default=0)
    down_count = models.PositiveIntegerField(default=0)
    score = models.GeneratedField(
        expression=F("up_count") - F("down_count"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    reactions = models.JSONField(default=dict)  # {"same": 3, "thanks": 2}; votes are columns
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    revision_count = models.PositiveIntegerField(default=0)
    hidden_at = models.DateTimeField(null=True)
    hidden_reason = models.CharField(max_length=300, blank=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    form_key = models.UUIDField(null=True, unique=True)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=60, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="one_post_per_number"),
            models.CheckConstraint(
                condition=Q(kind__in=("body", "answer", "comment")), name="post_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="body", number=1) | (~Q(kind="body") & Q(number__gt=1)),
                name="the_first_post_is_the_text",
            ),
            models.CheckConstraint(
                condition=Q(kind="comment", parent__isnull=False)
                | (~Q(kind="comment") & Q(parent__isnull=True)),
                name="a_comment_belongs_to_a_post",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="an_imported_post_comes_once",
            ),
        ]
        indexes = [models.Index(fields=["author", "-created_at"], name="posts_by_author")]

    def __str__(self) -> str:
        return f"{self.topic_id}#{self.number}"

    @property
    def anchor(self) -> str:
        return f"p{self.number}"

    def get_absolute_url(self) -> str:
        return f"{self.topic.get_absolute_url()}#{self.anchor}"


class PostRevision(models.Model):
    """One version of a post; the first is written when the post is edited for the first time."""

    id: int
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120, blank=True)
    markdown = models.TextField()
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="one_post_revision_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} v{self.number}"


class Reaction(models.Model):
    """One mark of one person on one post.

    Imported votes have no person, only the id they came with.
    """

    class Kind(models.TextChoices):
        UP = "up", _("Helpful")
        DOWN = "down", _("Not helpful")
        SAME = "same", _("Same here")
        THANKS = "thanks", _("Thank you")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="marks")
    post_id: int
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="reactions"
    )
    user_id: int | None
    kind = models.CharField(max_length=6, choices=Kind)
    created_at = models.DateTimeField()
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "post", "kind"], name="one_reaction_of_a_kind_per_person"
            ),
            models.UniqueConstraint(
                fields=["user", "post"],
                condition=Q(kind__in=("up", "down")),
                name="one_vote_per_person_and_post",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("up", "down", "same", "thanks")), name="reaction_is_known"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(external_id=""),
                name="a_reaction_has_a_person_or_a_source",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="an_imported_vote_comes_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.post_id}"

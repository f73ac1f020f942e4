"""Per-reader state: how far they have read, what they follow, their drafts."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from community.models.spaces import Tag
from community.models.topics import Topic

FRESH = timedelta(days=14)  # an older topic the user never opened is not "new" to them


class ReadState(models.Model):
    """How far a person has read in a topic."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="read_states")
    topic_id: int
    last_read_number = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "topic"], name="one_read_state_per_person_and_topic"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.topic_id} to {self.last_read_number}"


class Follow(models.Model):
    """A user wants notifications about a topic, or about new questions with a tag."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    user_id: int
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, null=True, related_name="follows")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="follows")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "user"], name="follow_a_topic_once"),
            models.UniqueConstraint(fields=["tag", "user"], name="follow_a_tag_once"),
            models.CheckConstraint(
                condition=Q(topic__isnull=False, tag__isnull=True)
                | Q(topic__isnull=True, tag__isnull=False),
                name="a_follow_has_one_object",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.topic_id or self.tag_id}"


class Draft(models.Model):
    """Unfinished writing, by the form it belongs to.

    Discarded ones can be taken back for a while.
    """

    id: int
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    key = models.CharField(max_length=80)  # "ask", "answer:42", "article:new"
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_form")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"

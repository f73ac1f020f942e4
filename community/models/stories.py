"""Success stories apart from their page: what a customer writes, agreed to and measured.

A story becomes a topic when it is published; until then no list, feed or search can reach it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import visibility
from community.models.spaces import Space
from community.models.topics import Topic
from portal.accounts.models import Organization, User
from portal.core.models import PublicId

RESULTS = 3  # more figures only distract


class StoryQuerySet(models.QuerySet["Story"]):
    """Adjectives that chain."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Whose page they are: their writers', the staff's, and of what is no draft any more the
        company's administrators'.
        """
        return self.filter(visibility.STORY.q(user))

    def waiting(self) -> Self:
        """Submitted and neither published nor returned, the longest waiting first."""
        return self.filter(state=Story.State.SUBMITTED).order_by("submitted_at", "pk")

    def unpublished_of(self, user: User) -> Self:
        """The user's stories that are not public (any more)."""
        return self.filter(author=user).exclude(state=Story.State.PUBLISHED)


class Story(PublicId):
    """One success story (成功事例) in its writer's words.

    `topic` is its page, made when it is first published.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        PUBLISHED = "published", _("Published")
        RETURNED = "returned", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id: int
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    title = models.CharField(_("Title"), max_length=120)
    problem = models.TextField()
    action = models.TextField()
    outcome = models.TextField()
    summary = models.CharField(max_length=240, blank=True)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="stories")
    space_id: int
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stories"
    )
    author_id: int  # a story nobody agreed to is void: erasing its author deletes it
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    organization_id: int | None
    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, null=True, related_name="story")
    topic_id: int | None
    consent = models.ForeignKey(
        "StoryConsent", on_delete=models.RESTRICT, null=True, related_name="+"
    )
    consent_id: int | None
    reason = models.CharField(max_length=500, blank=True)  # why it came back; the author reads it
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)  # for the first time
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    form_key = models.UUIDField(null=True, unique=True)  # the same form sent twice makes one story
    is_sample = models.BooleanField(default=False)

    objects = StoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "submitted", "published", "returned", "withdrawn")),
                name="story_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("submitted", "published"), consent__isnull=False)
                | (~Q(state__in=("submitted", "published")) & Q(consent__isnull=True)),
                name="a_story_goes_out_only_with_consent",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(topic__isnull=False, published_at__isnull=False),
                name="a_published_story_has_its_page",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="a_returned_story_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(problem="") & ~Q(action="") & ~Q(outcome=""),
                name="a_story_is_told_in_three_parts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(state="submitted"),
                name="stories_that_wait",
            ),
            models.Index(fields=["author", "-updated_at"], name="stories_by_author"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where its writer works on it; readers go to its topic."""
        return f"/stories/mine/{self.public_id}/"

    @property
    def is_out(self) -> bool:
        """Whether staff or readers have it now."""
        return self.state in (self.State.SUBMITTED, self.State.PUBLISHED)


class StoryConsent(models.Model):
    """What somebody agreed to for one submission of a story, in the words they read.

    Never changed, only ended.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody, also outside this community")
        MEMBERS = "members", _("Signed-in members only")

    class Naming(models.TextChoices):
        COMPANY = "company", _("With the name of my company and mine")
        INDUSTRY = "industry", _("With our industry only, without names")

    id: int
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="consents")
    story_id: int
    audience = models.CharField(max_length=7, choices=Audience)
    naming = models.CharField(max_length=8, choices=Naming)
    text_version = models.CharField(max_length=20)
    words = models.TextField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=("public", "members")), name="consent_audience_is_known"
            ),
            models.CheckConstraint(
                condition=Q(naming__in=("company", "industry")), name="consent_naming_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(text_version=""), name="consent_says_to_what"
            ),
            models.UniqueConstraint(
                fields=["story"],
                condition=Q(ended_at__isnull=True),
                name="one_open_consent_per_story",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.story_id}: {self.audience}, {self.naming}"


class StoryResult(models.Model):
    """One thing the customer measured: before → after."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="results")
    story_id: int
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=60)
    before = models.DecimalField(max_digits=14, decimal_places=2)
    after = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["story", "position"], name="one_result_per_place"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=RESULTS), name="up_to_three_results"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="a_result_says_what_was_measured"),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after} {self.unit}"

    @property
    def before_text(self) -> str:
        return figure(self.before)

    @property
    def after_text(self) -> str:
        return figure(self.after)

    @property
    def change(self) -> str:
        """The change in per cent of what it was, such as −75%; "" where that says nothing."""
        if self.before <= 0 or self.after < 0 or self.before == self.after:
            return ""
        percent = round(100 * (self.after - self.before) / self.before)
        return f"+{percent:,}%" if percent > 0 else f"−{-percent:,}%" if percent < 0 else ""


def figure(value: Decimal) -> str:
    """Return a number as people write it: 1,250 and 3.5, not 1250.00."""
    text = f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 else text

"""Images in texts: who uploaded them, and which posts and articles show them.

Whoever may read one of those texts may see the image.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from community import visibility
from community.models.articles import Article
from community.models.posts import Post
from portal.accounts.models import User
from portal.accounts.rules import EVERYTHING
from portal.core.models import PublicId
from portal.core.web.images import ENDINGS


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own, and those in texts the user may read; moderators see all."""
        uses = AttachmentUse.objects.filter(attachment=OuterRef("pk"))
        shown = Q(Exists(uses.filter(post__in=Post.objects.visible_to(user)))) | Q(
            Exists(uses.filter(article__in=Article.objects.visible_to(user)))
        )
        alone = visibility.ATTACHMENT.given(user)
        return self if alone == EVERYTHING else self.filter(shown | alone.columns_q())

    def unused(self) -> Self:
        return self.filter(uses=None)


class Attachment(PublicId):
    """One picture, kept as it is shown: tidied and in its final size."""

    id: int
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="attachments"
    )
    uploader_id: int | None
    file = models.FileField(upload_to="attachments/%Y/%m/")
    name = models.CharField(max_length=120, blank=True)  # the file name on the author's device
    content_type = models.CharField(max_length=10)
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()  # bytes
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(content_type__in=sorted(ENDINGS)),
                name="an_attachment_is_a_kind_of_picture",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="attachments_by_age")]

    def __str__(self) -> str:
        return self.name or str(self.public_id)

    def get_absolute_url(self) -> str:
        """The URL contains the size, so that a page reserves the space before the image has
        loaded.
        """
        return f"/files/{self.public_id}/{self.width}x{self.height}/"


class AttachmentUse(models.Model):
    """A text shows a picture."""

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="uses")
    attachment_id: int
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, null=True, related_name="attachment_uses"
    )
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, related_name="attachment_uses"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=True, article__isnull=False)
                | Q(post__isnull=False, article__isnull=True),
                name="an_attachment_is_used_in_one_text",
            ),
            models.UniqueConstraint(
                fields=["attachment", "post"], name="a_post_shows_an_attachment_once"
            ),
            models.UniqueConstraint(
                fields=["attachment", "article"], name="an_article_shows_an_attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} in {self.post or self.article}"

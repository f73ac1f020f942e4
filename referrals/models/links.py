"""Referral links (紹介リンク) and the log of how they were shared."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import PublicId
from referrals.models.programs import Program


class ReferralLink(PublicId):
    """One person's link into one program.

    The code is unique across all programs and never given to somebody else.
    """

    class Beneficiary(models.TextChoices):
        COMPANY = "company", _("My company, as credit")
        PERSON = "person", _("Me")
        DONATION = "donation", _("A donation")
        NONE = "none", _("Nobody: I introduce without a reward")

    id: int
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="links")
    program_id: int
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="referral_links",
    )
    user_id: int | None
    organization_id = models.BigIntegerField(
        null=True
    )  # the referrer's company when the link was made
    code = models.CharField(max_length=32, unique=True)
    skeleton = models.CharField(
        max_length=40
    )  # the code as the eye sees it: 0/o, 1/l/i, rn/m fall together
    is_vanity = models.BooleanField(default=False)
    content_url = models.CharField(
        max_length=300, blank=True
    )  # path of the question or article it carries
    content_subject = models.CharField(
        max_length=80, blank=True
    )  # as facts name it: community.topic:42
    content_title = models.CharField(max_length=200, blank=True)  # as it was when the link was made
    beneficiary = models.CharField(
        _("My rewards go to"), max_length=8, choices=Beneficiary, default="company"
    )
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "user"],
                condition=Q(retired_at=None, content_url="", user__isnull=False),
                name="one_live_link_per_person_and_program",
            ),
            models.UniqueConstraint(
                fields=["program", "user", "content_url"],
                condition=Q(retired_at=None, user__isnull=False) & ~Q(content_url=""),
                name="one_live_link_per_person_and_content",
            ),
            models.UniqueConstraint(
                fields=["skeleton"],
                condition=Q(is_vanity=True),
                name="no_two_vanity_codes_look_alike",
            ),
        ]
        indexes = [
            models.Index(fields=["skeleton"], name="links_by_skeleton"),
            models.Index(
                fields=["content_subject"],
                condition=~Q(content_subject=""),
                name="links_by_content",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ShareLog(models.Model):
    """One act of sharing, by channel."""

    class Channel(models.TextChoices):
        COPY = "copy", _("Copying the link")
        SHARE = "share", _("Share sheet")
        LINE = "line", "LINE"
        MAIL = "mail", _("Mail")
        X = "x", "X"
        LINKEDIN = "linkedin", "LinkedIn"
        QR = "qr", _("QR code")

    id: int
    link = models.ForeignKey(ReferralLink, on_delete=models.CASCADE, related_name="shares")
    channel = models.CharField(max_length=8, choices=Channel)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["link", "-at"], name="shares_by_link")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.channel}"

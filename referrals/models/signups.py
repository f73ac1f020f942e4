"""How a newcomer came: what the browser remembered at sign-up, kept until the mail address is
confirmed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from referrals.models.links import ReferralLink


class PendingClaim(models.Model):
    """A newcomer's referral link, waiting until the mail check, single sign-on or another device
    confirms their address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pending_claim"
    )
    link = models.ForeignKey(ReferralLink, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6)
    click_id = models.CharField(max_length=22, blank=True)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} by {self.link_id}"

"""Reference calls: a prospect asks to speak with a customer, who may say yes, no or another
time.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Organization
from portal.core.models import PublicId
from referrals.models.referrals import Referral


class ReferenceRequest(PublicId):
    """A request to speak with a peer customer.

    State moves by reference_machine.py; contact details are exchanged only when both agreed.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Looking for a customer to talk to")
        INVITED = "invited", _("A customer is asked")
        SUGGESTED = "suggested", _("Another time is suggested")
        WAITING = "waiting", _("Waiting for the prospect's yes")
        AGREED = "agreed", _("Both agreed")
        HELD = "held", _("They spoke")
        FAILED = "failed", _("It did not take place")
        WITHDRAWN = "withdrawn", pgettext_lazy("reference call", "Called off")

    id: int
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="reference_requests"
    )
    referral_id: int | None
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    organization_id: int | None
    company = models.CharField(_("Company"), max_length=120)
    name = models.CharField(_("Name"), max_length=60)
    email = models.EmailField(_("E-mail"))
    topic = models.CharField(_("What they would like to talk about"), max_length=120)
    question = models.TextField(_("What they would like to know"), max_length=500, blank=True)
    industry = models.CharField(_("Industry"), max_length=60, blank=True)
    size_band = models.CharField(_("Company size"), max_length=20, blank=True)
    language = models.CharField(
        _("Language"), max_length=2, choices=[("ja", "日本語"), ("en", "English")], default="ja"
    )
    times = models.CharField(_("Times that suit them"), max_length=200)
    agreed_at = models.DateTimeField(
        null=True, blank=True
    )  # the prospect lets the peer have name and address
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    handler_id: int | None
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=~Q(state__in=("held", "failed", "withdrawn")),
                name="one_open_reference_request_per_introduction",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("agreed", "held")) | Q(agreed_at__isnull=False),
                name="both_agree_before_they_meet",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "state_since"], name="reference_requests_by_state")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class ReferenceInvitation(models.Model):
    """One customer asked for one call. "No" needs no reason and is the end of it."""

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("reference call", "Asked")
        SUGGESTED = "suggested", _("Suggested another time")
        ACCEPTED = "accepted", pgettext_lazy("reference call", "Said yes")
        DECLINED = "declined", pgettext_lazy("reference call", "Said no")
        TAKEN_BACK = "taken_back", _("Taken back")

    id: int
    request = models.ForeignKey(
        ReferenceRequest, on_delete=models.PROTECT, related_name="invitations"
    )
    request_id: int
    peer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reference_invitations"
    )
    peer_id: int
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    organization_id: int | None
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    suggestion = models.CharField(max_length=200, blank=True)
    invited_at = models.DateTimeField()
    invited_by_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state__in=("invited", "suggested", "accepted")),
                name="one_customer_is_asked_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["request", "peer"], name="nobody_is_asked_twice_for_one_call"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-invited_at"], name="invitations_by_organization")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} → {self.peer_id} {self.state}"


class ReferenceChange(models.Model):
    """One step of a reference call's history.

    Append-only: the database refuses UPDATE and DELETE.
    """

    request = models.ForeignKey(ReferenceRequest, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, choices=ReferenceRequest.State)
    role = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "version"], name="one_reference_change_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.before} → {self.after}"


class ReferenceOutcome(models.Model):
    """What one side says of the call: whether it took place, whether it helped, what was asked."""

    class Side(models.TextChoices):
        PEER = "peer", _("The customer")
        PROSPECT = "prospect", _("The prospect")

    class Useful(models.TextChoices):
        YES = "yes", pgettext_lazy("reference call", "Yes")
        PARTLY = "partly", pgettext_lazy("reference call", "Partly")
        NO = "no", pgettext_lazy("reference call", "No")

    request = models.ForeignKey(ReferenceRequest, on_delete=models.PROTECT, related_name="outcomes")
    request_id: int
    side = models.CharField(max_length=8, choices=Side)
    happened = models.BooleanField()
    useful = models.CharField(max_length=6, choices=Useful, blank=True)
    asked = models.TextField(max_length=1000, blank=True)
    recorded_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "side"], name="each_side_says_once_what_came_of_it"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.side}"


class ReferencePreference(models.Model):
    """Who does not want to be asked for reference calls, since when."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reference_preference"
    )
    user_id: int
    opted_out_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}"

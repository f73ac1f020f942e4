"""Destinations, deliveries and attempts.

A dead letter is a delivery in the state `dead`, with its reason.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import TeamName
from portal.core.models import PublicId
from portal.delivery.channels import CHANNELS, Channel
from portal.delivery.states import DeliveryState


class Destination(PublicId):
    """Somewhere outside: a webhook, a Slack-type channel, a Teams channel.

    Secrets are stored encrypted.
    """

    id: int
    kind = models.CharField(_("Kind"), max_length=30)  # the name of a channel
    name = models.CharField(_("What it is called"), max_length=80)
    team = models.CharField(_("Team"), max_length=10, choices=TeamName, blank=True)
    url = models.CharField(_("Address"), max_length=2000)
    secret = models.TextField(blank=True)
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    events = models.JSONField(
        _("Events"), default=list
    )  # names, or all of an app as "app.*", or "*"
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    open_until = models.DateTimeField(
        null=True
    )  # the breaker: until then only nothing, after it one probe
    succeeded_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="webhook") | ~Q(secret=""),
                name="a_webhook_has_a_secret_to_sign_with",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> Channel | None:
        """How messages get there; None when the code no longer has it."""
        return CHANNELS.get(self.kind)

    @property
    def kind_label(self) -> str:
        return str(self.channel.label) if self.channel else self.kind

    @property
    def is_chat(self) -> bool:
        return self.channel is not None and self.channel.is_chat

    @property
    def is_signed(self) -> bool:
        return self.channel is not None and self.channel.is_signed

    def hears(self, event_name: str) -> bool:
        """Say whether a fact of this name goes here."""
        return any(
            wanted in ("*", event_name)
            or (wanted.endswith(".*") and event_name.startswith(wanted[:-1]))
            for wanted in self.events
        )


class Delivery(PublicId):
    """One message to one place.

    `public_id` is its webhook-id, kept through every retry and replay.
    """

    State = DeliveryState

    id: int
    destination = models.ForeignKey(
        Destination, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    destination_id: int | None
    user_id = models.BigIntegerField(
        null=True
    )  # the recipient of a mail; then there is no destination
    key = models.CharField(max_length=200)
    event_name = models.CharField(max_length=80, blank=True)
    body = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(
        default=0
    )  # since the last replay: decides the next wait
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "key"],
                condition=Q(destination__isnull=False),
                name="one_delivery_per_place_and_key",
            ),
            models.UniqueConstraint(
                fields=["user_id", "key"],
                condition=Q(destination=None),
                name="one_mail_per_person_and_key",
            ),
            models.CheckConstraint(
                condition=Q(destination__isnull=False) | Q(user_id__isnull=False),
                name="a_delivery_goes_somewhere",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(state="waiting"), name="deliveries_due"
            ),
            models.Index(fields=["destination", "-id"], name="deliveries_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.destination_id or self.user_id}"

    @property
    def is_owned(self) -> bool:
        """Whether only the app that created it may send it again."""
        from portal.delivery.callbacks import owner_of  # they import each other

        return owner_of(self.key) is not None

    def is_leased(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > now


class Attempt(models.Model):
    """One call: what was answered, or why nothing was. Kept 90 days."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True)  # at most 16 kB

    class Meta:
        indexes = [models.Index(fields=["at"], name="attempts_by_age")]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or self.error}"
